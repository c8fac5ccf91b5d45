import AdapterKit
import Models

/// An answer of the HTTP API: JSON of any shape, or an object whose `status` says that it is an error.
///
/// - SeeAlso: https://manage.logicboxes.com/kb/answer/744
struct LogicBoxesAnswer: Sendable {
    let value: JSONValue
    private let response: HTTPResponse
    private let command: String

    /// - Throws: what a refusal says, whatever its HTTP status; otherwise by the status; `providerUnavailable` where the
    ///   answer is no JSON.
    init(_ response: HTTPResponse, command: String) throws(ProviderError) {
        self.response = response
        self.command = command
        // Whoever calls from an address that is not allowed meets the wall in front, which speaks no JSON.
        if response.errorKind == .unauthorized { throw Self.failure(response, command) }
        do throws(ProviderError) {
            value = try response.json()
        } catch {
            throw response.errorKind == nil
                ? error.adding("command", .string(command)) : Self.failure(response, command)
        }
        if let reason = Self.refusalReason(value) {
            let kind = Self.kind(of: reason)
            throw ProviderError(
                kind,
                details: [
                    "command": .string(command), "reason": .string(reason),
                    "status": .integer(response.status),
                ], mayHaveTakenEffect: response.answersChange && kind == .providerUnavailable)
        }
        guard response.errorKind == nil else { throw Self.failure(response, command) }
    }

    func unreadable(_ problem: String) -> ProviderError {
        response.unreadable(problem).adding("command", .string(command))
    }

    private static func failure(_ response: HTTPResponse, _ command: String) -> ProviderError {
        do throws(ProviderError) {
            _ = try response.successful()
            return ProviderError(.internal)
        } catch {
            return error.adding("command", .string(command))
        }
    }

    private static func refusalReason(_ value: JSONValue) -> String? {
        guard let members = value.objectValue else { return nil }
        let words = [members["status"], members["actionstatus"]].compactMap { $0?.stringValue?.lowercased() }
        guard words.contains("error") || words.contains("failed") else { return nil }
        let reasons = ["message", "error", "actionstatusdesc"].compactMap { members[$0]?.lenientText }
        return reasons.first ?? "no reason given"
    }

    /// The API tells reasons in sentences only.
    private static func kind(of reason: String) -> ErrorKind {
        let reason = reason.lowercased()
        func says(_ words: String...) -> Bool { words.contains { reason.contains($0) } }
        if says(
            "doesn't exist", "does not exist", "not found", "no entity", "no record", "invalid username")
        {
            return .notFound
        }
        if says("already", "not available for registration") { return .alreadyExists }
        if says("access denied", "authentication", "invalid credential", "not authorized", "permission") {
            return .unauthorized
        }
        if says("too many", "rate limit") { return .rateLimited }
        if says("unexpected error", "try again", "timed out", "temporarily") { return .providerUnavailable }
        if says("invalid", "not valid", "parameter", "required") { return .invalidInput }
        return .rejected
    }
}
