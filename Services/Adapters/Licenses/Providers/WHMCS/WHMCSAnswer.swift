import AdapterKit
import Models

/// An answer of the licence API: `result`, a `message` where it is an error, and what was asked for beside
/// them.
struct WHMCSAnswer {
    let response: HTTPResponse
    let root: XMLValue

    /// - Throws: by the HTTP status; `providerUnavailable` where it is none of the licence API; otherwise
    ///   what its message says.
    init(_ response: HTTPResponse, action: String) throws(ProviderError) {
        self.response = try response.successful()
        root = try response.xml()
        guard let result = root["result"]?.content?.lowercased() else {
            throw response.unreadable("has no result").adding("action", .string(action))
        }
        guard result == "success" else {
            let message = root["message"]?.content ?? "no reason given"
            throw ProviderError(
                Self.kind(of: message), details: ["action": .string(action), "message": .string(message)])
        }
    }

    /// The API tells reasons in sentences only.
    private static func kind(of message: String) -> ErrorKind {
        let message = message.lowercased()
        func says(_ words: String...) -> Bool { words.contains { message.contains($0) } }
        if says("authentication", "access denied", "permission", "api key", "apikey") { return .unauthorized }
        if says("not found", "does not exist", "no license", "invalid license", "no such") {
            return .notFound
        }
        if says("already") { return .alreadyExists }
        if says("invalid", "not valid", "missing", "required") { return .invalidInput }
        return .rejected
    }
}

/// A licence as the search shows it.
struct WHMCSLicense: Sendable {
    enum Status: Sendable, Equatable {
        /// It works, or may be made to.
        case kept
        case ended
        /// A word that is not known.
        case other
    }

    var key: String?
    var status: Status
    /// All that was told of it.
    var facts: JSONValue

    init(_ element: XMLValue) {
        key = element["key"]?.content
        status =
            switch element["status"]?.content?.lowercased() {
            case "active", "reissued", "suspended": .kept
            case "cancelled", "canceled", "terminated": .ended
            default: .other
            }
        facts = Self.json(element)
    }

    /// Elements with others in them as objects, all else as text; several of one name as a list.
    private static func json(_ element: XMLValue) -> JSONValue {
        guard !element.children.isEmpty else { return .string(element.content ?? "") }
        let members = Dictionary(grouping: element.children, by: \.name).mapValues { elements in
            let values = elements.map(json)
            return values.count == 1 ? values[0] : .array(values)
        }
        return .object(members)
    }
}
