import AdapterKit
import Foundation
import Models

/// What a registry answers to a command.
///
/// - SeeAlso: RFC 5730, section 2.6.
struct EPPResponse: Sendable, Equatable {
    struct Result: Sendable, Equatable {
        var code: Int
        var message: String
        /// Why, where it says more.
        var reasons: [String]
    }

    /// The queue of messages, where the answer tells of it.
    struct Queue: Sendable, Equatable {
        /// How many wait.
        var count: Int
        /// The id of the oldest.
        var id: String
        var date: String?
        var message: String?
    }

    /// At least one.
    var results: [Result]
    var queue: Queue?
    /// What was asked for.
    var data: [XMLValue]
    var extensions: [XMLValue]
    /// The id that the command had; nil where it had none, or the registry did not repeat it.
    var clientTransactionID: String?
    var serverTransactionID: String?

    /// - Parameter element: `<response>`; nil where it has no result.
    init?(_ element: XMLValue) {
        results = element.all("result").compactMap { result in
            guard let code = result.attribute("code").flatMap({ Int($0) }) else { return nil }
            return Result(
                code: code, message: result["msg"]?.content ?? "",
                reasons: result.all("extValue").compactMap { $0["reason"]?.content })
        }
        guard !results.isEmpty else { return nil }
        queue = element["msgQ"].map { queue in
            Queue(
                count: queue.attribute("count").flatMap { Int($0) } ?? 0, id: queue.attribute("id") ?? "",
                date: queue["qDate"]?.content, message: queue["msg"]?.spoken)
        }
        data = element["resData"]?.children ?? []
        extensions = element["extension"]?.children ?? []
        clientTransactionID = element["trID"]?["clTRID"]?.content
        serverTransactionID = element["trID"]?["svTRID"]?.content
    }

    /// The result that says why it failed, else the first.
    var result: Result { results.first { $0.code >= 2_000 } ?? results[0] }

    /// An element of what was asked for.
    func data(_ name: String, of schema: EPPSchema) -> XMLValue? {
        data.first { $0.name == name && $0.namespace == schema.uri }
    }

    /// An element of an extension.
    func extended(_ name: String, of schema: EPPSchema) -> XMLValue? {
        extensions.first { $0.name == name && $0.namespace == schema.uri }
    }
}

/// What comes from a registry.
enum EPPFrame: Sendable, Equatable {
    case greeting(EPPGreeting)
    case response(EPPResponse)

    /// Why something is no frame of EPP.
    struct Problem: Error {
        let text: String
    }

    init(_ frame: Data) throws(Problem) {
        let root: XMLValue
        do throws(XMLValue.ReadingError) {
            root = try XMLValue(document: frame)
        } catch {
            throw Problem(text: error.problem)
        }
        guard root.name == "epp" else { throw Problem(text: "is no EPP") }
        if let greeting = root["greeting"] {
            self = .greeting(EPPGreeting(greeting))
        } else if let response = root["response"].flatMap(EPPResponse.init) {
            self = .response(response)
        } else {
            throw Problem(text: "is neither a greeting nor a response with a result")
        }
    }
}

extension XMLValue {
    /// All text within, of what may hold further elements.
    var spoken: String? {
        let parts = [content] + children.map(\.spoken)
        let text = parts.compactMap { $0 }.joined(separator: " ")
        return text.isEmpty ? nil : text
    }

    /// The elements of that name at any depth.
    func descendants(_ name: String) -> [XMLValue] {
        children.flatMap { ($0.name == name ? [$0] : []) + $0.descendants(name) }
    }
}
