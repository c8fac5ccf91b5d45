import AdapterKit
import Models

/// An answer of the XML API: an `ApiResponse` with a status, and errors or a `CommandResponse`.
///
/// - SeeAlso: https://www.namecheap.com/support/api/global-parameters/ and
///   https://www.namecheap.com/support/api/error-codes/
struct NamecheapAnswer: Sendable {
    /// The command's own part.
    let result: XMLValue
    private let response: HTTPResponse
    private let command: String

    /// - Throws: by the HTTP status; `providerUnavailable` where the answer is none of the API's; otherwise what the first
    ///   error says.
    init(_ response: HTTPResponse, command: String) throws(ProviderError) {
        self.response = response
        self.command = command
        let root: XMLValue
        do throws(ProviderError) {
            root = try response.successful().xml()
        } catch {
            throw error.adding("command", .string(command))
        }
        guard root.name == "ApiResponse" else {
            throw Self.unreadable(response, command, "is none of the API")
        }
        if let error = root["Errors"]?["Error"] { throw Self.refusal(error, response, command) }
        guard root.attribute("Status") == "OK", let result = root["CommandResponse"] else {
            throw Self.unreadable(response, command, "has neither result nor error")
        }
        self.result = result
    }

    func unreadable(_ problem: String) -> ProviderError { Self.unreadable(response, command, problem) }

    /// Whether the command did what it was told: each says so under a name of its own.
    ///
    /// - Throws: `rejected` where it says no; `providerUnavailable` where it says nothing.
    func confirm() throws(ProviderError) {
        let names: Set<String> = [
            "IsSuccess", "Success", "Registered", "Renew", "Transfer", "Updated", "Update",
        ]
        let words = result.children.flatMap(\.attributes).filter { names.contains($0.name) }
            .map { $0.value.lowercased() }
        guard !words.isEmpty else { throw unreadable("does not say whether it was done") }
        guard words.allSatisfy({ $0 == "true" }) else {
            throw ProviderError(
                .rejected, details: ["command": .string(command), "reason": "The result says no."],
                mayHaveTakenEffect: true)
        }
    }

    private static func unreadable(
        _ response: HTTPResponse, _ command: String, _ problem: String
    ) -> ProviderError {
        response.unreadable(problem).adding("command", .string(command))
    }

    private static func refusal(
        _ error: XMLValue, _ response: HTTPResponse, _ command: String
    ) -> ProviderError {
        let code = error.attribute("Number") ?? ""
        let reason = error.content ?? "no reason given"
        let kind = kind(code: code, reason: reason.lowercased())
        // Numbers from 3 million on are failures further behind, at the registry or within the vendor.
        let isFailure = code.count == 7 && code >= "3"
        return ProviderError(
            kind,
            details: ["command": .string(command), "code": .string(code), "reason": .string(reason)],
            mayHaveTakenEffect: response.answersChange && isFailure)
    }

    private static func kind(code: String, reason: String) -> ErrorKind {
        func says(_ words: String...) -> Bool { words.contains { reason.contains($0) } }
        switch code {
        case "2019166", "2016166": return .notFound
        case "500000": return .rateLimited
        case _ where code.hasPrefix("10"): return .unauthorized
        default: break
        }
        if says("too many requests") { return .rateLimited }
        if says("not found", "doesn't exist", "does not exist", "not associated") { return .notFound }
        if says("already", "not available", "is taken") { return .alreadyExists }
        if says("unknown exception", "unhandled", "try again", "timeout") { return .providerUnavailable }
        if code.hasPrefix("201") || says("invalid", "missing") { return .invalidInput }
        return .rejected
    }
}
