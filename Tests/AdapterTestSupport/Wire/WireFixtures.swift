package import Foundation
import Models

/// The recordings of a category: the project's own, and those in the folders that `WIRE_FIXTURES` names.
///
/// Beside a recording `<case>.json` there may be `<case>.deviation.json`: `because`, and `patch`, a JSON
/// merge patch (RFC 7396) that makes of the recording what we do instead. It holds for the same case in other
/// folders too. Beside a provider's recordings there may be `replay.json`, see `WireRules`.
package struct WireFixtures: Sendable {
    package let cases: [WireCase]
    let rules: [String: WireRules]

    /// - Parameters:
    ///   - folder: holds `<category>/<provider>/*.json`.
    ///   - providers: what there is; recordings of others are left out.
    package init(
        folder: URL, category: String, providers: [String],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        let further = (environment["WIRE_FIXTURES"] ?? "").split(separator: ":").map {
            URL(filePath: String($0))
        }
        var cases: [WireCase] = []
        var rules: [String: WireRules] = [:]
        var deviations: [String: JSONValue] = [:]
        for file in try Self.files(in: folder.appending(path: category)) {
            let value = try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: file))
            let name = file.deletingPathExtension().lastPathComponent
            let provider = file.deletingLastPathComponent().lastPathComponent
            if name == "replay" { rules["\(category)/\(provider)"] = WireRules(value) }
            if name.hasSuffix(".deviation") {
                deviations["\(category)/\(provider)/\(name.dropLast(".deviation".count))"] = value["patch"]
            }
        }
        for folder in [folder] + further {
            for file in try Self.files(in: folder) {
                let name = file.deletingPathExtension().lastPathComponent
                guard name != "replay", !name.hasSuffix(".deviation") else { continue }
                var value = try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: file))
                guard value["category"]?.stringValue == category,
                    let provider = value["provider"]?.stringValue,
                    providers.contains(provider)
                else { continue }
                if let patch = deviations["\(category)/\(provider)/\(name)"] { value = value.merging(patch) }
                if let configuration = rules["\(category)/\(provider)"]?.configuration, !configuration.isEmpty
                {
                    value = JSONValue.object(["configuration": .object(configuration)]).merging(value)
                }
                if let wireCase = WireCase(name: name, value) { cases.append(wireCase) }
            }
        }
        self.cases = cases
        self.rules = rules
    }

    /// All JSON files below the folder.
    private static func files(in folder: URL) throws -> [URL] {
        guard FileManager.default.fileExists(atPath: folder.path),
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        else { throw CocoaError(.fileReadNoSuchFile, userInfo: [NSFilePathErrorKey: folder.path]) }
        return files.compactMap { $0 as? URL }
            .filter { $0.pathExtension == "json" }
            .sorted { $0.path < $1.path }
    }
}

/// How a provider's recordings are to be read.
///
/// Requests are named by their path, which may end in `*`, by `body:` and a text that the body contains, or
/// by `field:` and a field of query or form, as in `field:action=cancel`.
struct WireRules: Sendable {
    /// Requests that change nothing though they are no GET: a path, `body:` and a text that the body contains,
    /// `field:` and a field of query or form, as in `field:action=list`, or the beginning of a path and `*`.
    var reads: [String] = []
    /// Requests that change something all the same, written alike.
    var changes: [String] = []
    /// Why secrets may be in addresses, where the third party leaves no other way.
    var secretsInAddress: String?
    /// Settings that the recorded implementation took from its surroundings; they are added to the recorded ones.
    var configuration: [String: JSONValue] = [:]
    /// Elements of EPP's frames that are not compared, as `parent/child`, each with the reason.
    var ignoredElements: [String: String] = [:]
    /// Functions that may be deferred where the recording has their end, or an error that only says that it takes
    /// time; each with the reason.
    var deferred: [String: String] = [:]
    /// Pointers to parts of results that are ours to say, each with the reason, as in `/result/data/*/state`.
    var differs: [String: String] = [:]

    init() {}

    init(_ value: JSONValue) {
        reads = value["reads"]?.arrayValue?.compactMap(\.stringValue) ?? []
        changes = value["changes"]?.arrayValue?.compactMap(\.stringValue) ?? []
        secretsInAddress = value["secrets_in_address"]?.stringValue
        configuration = value["configuration"]?.objectValue ?? [:]
        ignoredElements = (value["ignored_elements"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
        deferred = (value["deferred"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
        differs = (value["differs"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
    }

    func isRead(_ request: RequestMeaning) -> Bool {
        if changes.contains(where: { Self.names($0, request) }) { return false }
        if request.method == "GET" || request.method == "HEAD" { return true }
        return reads.contains { Self.names($0, request) }
    }

    private static func names(_ entry: String, _ request: RequestMeaning) -> Bool {
        if entry.hasPrefix("body:") { return "\(request.content)".contains(entry.dropFirst(5)) }
        if entry.hasPrefix("field:") { return request.fields.contains(String(entry.dropFirst(6))) }
        return entry.hasSuffix("*") ? request.path.hasPrefix(entry.dropLast()) : entry == request.path
    }
}

extension JSONValue {
    /// - SeeAlso: RFC 7396, section 2.
    fileprivate func merging(_ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = objectValue ?? [:]
        for (name, change) in changes {
            members[name] = change == .null ? nil : (members[name] ?? .object([:])).merging(change)
        }
        return .object(members)
    }
}
