import AdapterKit
import Foundation

/// What a frame of EPP says, apart from how it is written: without prefixes, the id of its transaction, what the schemas
/// take for granted, and the order of elements with different names, which the schemas fix.
struct FrameMeaning: Sendable, CustomStringConvertible {
    let content: XMLValue
    /// The id of its transaction; empty where it has none.
    let transactionID: String

    /// - Parameter ignored: `parent/child` names of elements that are not compared.
    /// - Returns: nil where the text is no XML.
    init?(_ frame: Data, ignored: Set<String>) {
        guard let value = try? XMLValue(document: frame) else { return nil }
        transactionID = value["command"]?["clTRID"]?.content ?? ""
        content = value.meaning(ignored: ignored.union(["command/clTRID"]))
    }

    /// The verb, as in `info`; `transfer query` and `poll ack` with what they ask.
    var verb: String {
        guard let verb = content["command"]?.children.first(where: { $0.name != "extension" }) else {
            return content.children.first?.name ?? ""
        }
        return [verb.name, verb.attribute("op")].compactMap { $0 }.joined(separator: " ")
    }

    /// Whether it can change nothing.
    var isRead: Bool {
        ["check", "info", "login", "logout", "hello", "transfer query", "poll req"].contains(verb)
    }

    var description: String { content.document }
}

extension XMLValue {
    fileprivate func meaning(ignored: Set<String>) -> XMLValue {
        var value = self
        value.text = content ?? ""
        value.attributes = attributes.filter { attribute in
            let name = attribute.name.split(separator: ":").last ?? ""
            return !attribute.name.hasPrefix("xmlns") && name != "schemaLocation"
                // Defaults of RFC 5731's schema.
                && !(name == "hosts" && attribute.value == "all")
                && !(name == "lang" && attribute.value == "en")
        }
        value.children = children.filter { !ignored.contains("\(name)/\($0.name)") && !$0.isEmptyLine }
            .map { $0.meaning(ignored: ignored) }
            .enumerated().sorted { ($0.element.key, $0.offset) < ($1.element.key, $1.offset) }
            .map(\.element)
        return value
    }

    private var key: String { "\(namespace ?? "") \(name)" }

    /// An empty line of an address says the same as none.
    private var isEmptyLine: Bool {
        ["sp", "pc", "street", "org"].contains(name) && children.isEmpty && content == nil
    }
}

/// Which values of ours stand for which recorded ones, where they differ from one run to the next.
struct FrameBindings: Sendable {
    /// By the recorded text.
    private(set) var values: [String: String] = [:]

    /// Whether the frames say the same. Texts that hold one of the varying values may differ, if each stands for the same
    /// recorded text throughout; what they stand for is kept only if all fits.
    mutating func match(_ ours: XMLValue, _ recorded: XMLValue, varying: [String]) -> Bool {
        var trial = self
        guard trial.fits(ours, recorded, varying) else { return false }
        self = trial
        return true
    }

    private mutating func fits(_ ours: XMLValue, _ recorded: XMLValue, _ varying: [String]) -> Bool {
        guard ours.name == recorded.name, ours.namespace == recorded.namespace,
            ours.attributes == recorded.attributes, ours.children.count == recorded.children.count
        else { return false }
        if ours.text != recorded.text {
            guard isBound(recorded.text, to: ours.text, varying) else { return false }
        } else if values[recorded.text].map({ $0 != ours.text }) ?? false {
            return false
        }
        for (ours, recorded) in zip(ours.children, recorded.children) where !fits(ours, recorded, varying) {
            return false
        }
        return true
    }

    private mutating func isBound(_ recorded: String, to ours: String, _ varying: [String]) -> Bool {
        if let bound = values[recorded] { return bound == ours }
        guard !ours.isEmpty, !values.values.contains(ours), varying.contains(where: recorded.contains) else {
            return false
        }
        values[recorded] = ours
        return true
    }

    /// A recorded answer with our values in it.
    func apply(to answer: String) -> String {
        values.filter { $0.key.count > 4 }.reduce(answer) { $0.replacing($1.key, with: $1.value) }
    }
}
