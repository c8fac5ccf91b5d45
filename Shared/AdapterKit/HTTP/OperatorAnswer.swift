import Foundation
package import Models

/// What an endpoint of an operator's own answered with success.
package struct OperatorAnswer: Sendable {
    package let response: HTTPResponse
    /// The members of its JSON object or form; empty where it is neither.
    package let members: [String: JSONValue]
    /// The whole answer without space around it, where it is text or JSON text; nil where it is empty or an
    /// object.
    package let text: String?

    /// - Throws: by the status; `rejected` where the answer says `"success": false`.
    package init(_ response: HTTPResponse) throws(ProviderError) {
        self.response = response
        (members, text) = Self.content(of: response)
        do throws(ProviderError) {
            _ = try response.successful()
        } catch {
            throw reason.map { error.adding("reason", .string($0)) } ?? error
        }
        if members["success"]?.lenientFlag == false {
            throw ProviderError(.rejected, details: ["reason": .string(reason ?? "no reason given")])
        }
    }

    /// The endpoint's own words.
    private var reason: String? { members["message"]?.lenientText ?? members["error"]?.lenientText }

    /// A member that says something: neither null nor empty.
    package func value(_ name: String) -> JSONValue? {
        switch members[name] {
        case nil, .null, .string(""), .array([]), .object([:]): nil
        case let value: value
        }
    }

    private static func content(of response: HTTPResponse) -> ([String: JSONValue], String?) {
        // An answer that is no JSON is text here; what is needed of it is looked at where it is used.
        if let value = try? response.json() {
            return (value.objectValue ?? [:], value.stringValue.flatMap(trimmed))
        }
        guard let text = try? response.text() else { return ([:], nil) }
        let type = response.header("content-type")?.lowercased() ?? ""
        if type.contains("form-urlencoded"), let fields = PercentEncoding.fields(text) {
            return (Dictionary(fields.map { ($0.name, .string($0.value)) }) { _, last in last }, nil)
        }
        return ([:], trimmed(text))
    }

    private static func trimmed(_ text: String) -> String? {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }
}
