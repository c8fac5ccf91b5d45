import AdapterKit
import Foundation
import Models

/// An answer of the panel's API: text that begins with `SUCCESS` or `ERROR`, or what was asked for, as text
/// or JSON.
struct SpamExpertsAnswer {
    let response: HTTPResponse

    /// - Throws: by the status, or what the panel's words say.
    init(_ response: HTTPResponse, call: String) throws(ProviderError) {
        self.response = response
        do throws(ProviderError) {
            _ = try response.successful()
        } catch {
            throw error.adding("call", .string(call))
        }
        let text = try response.text().trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.uppercased().hasPrefix("ERROR") else { return }
        let reason = text.dropFirst("ERROR".count).trimmingCharacters(in: [":", " "])
        throw ProviderError(
            Self.kind(of: reason), details: ["call": .string(call), "reason": .string(reason)])
    }

    func json() throws(ProviderError) -> JSONValue { try response.json() }

    func text() throws(ProviderError) -> String {
        try response.text().trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// - Throws: `providerUnavailable` where it does not say that it was done.
    func confirmed() throws(ProviderError) {
        guard try text().uppercased().hasPrefix("SUCCESS") else {
            throw response.unreadable("does not say that it was done")
        }
    }

    /// The panel tells reasons in sentences only.
    private static func kind(of reason: String) -> ErrorKind {
        let reason = reason.lowercased()
        func says(_ words: String...) -> Bool { words.contains { reason.contains($0) } }
        if says("no valid user", "does not exist", "doesn't exist", "no such", "not found", "not registered")
        {
            return .notFound
        }
        if says("already") { return .alreadyExists }
        if says("access denied", "permission", "not allowed", "credentials", "authenticat") {
            return .unauthorized
        }
        if says("invalid", "not valid") { return .invalidInput }
        return .rejected
    }
}
