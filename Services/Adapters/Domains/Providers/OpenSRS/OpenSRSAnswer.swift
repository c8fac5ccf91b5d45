import AdapterKit
import Models

/// An answer of OpenSRS: whether it was done, a code, a text, and attributes.
///
/// - SeeAlso: https://domains.opensrs.guide/docs/response-codes
struct OpenSRSAnswer: Sendable {
    let code: Int
    let text: String
    let attributes: JSONValue
    private let response: HTTPResponse
    private let action: String

    /// - Parameter accepted: codes that are no refusal, whatever the answer says.
    /// - Throws: by the HTTP status; `providerUnavailable` where the answer is none of OpenSRS; otherwise what its code says.
    init(
        _ response: HTTPResponse, action: String, accepted: Set<Int> = []
    ) throws(ProviderError) {
        self.response = response
        self.action = action
        let content: JSONValue?
        do throws(ProviderError) {
            content = JSONValue(envelope: try response.successful().xml())
        } catch {
            throw error.adding("action", .string(action))
        }
        guard let content, let isDone = content["is_success"]?.lenientFlag else {
            throw Self.unreadable(response, action, "does not say whether it was done")
        }
        code = content["response_code"]?.lenientNumber.flatMap { Int(exactly: $0) } ?? 0
        text = content["response_text"]?.lenientText ?? "no reason given"
        attributes = content["attributes"] ?? .null
        guard isDone || accepted.contains(code) else { throw refusal(code: code, reason: text) }
    }

    func unreadable(_ problem: String) -> ProviderError { Self.unreadable(response, action, problem) }

    /// What a code that is no success says.
    func refusal(code: Int, reason: String) -> ProviderError {
        let kind = kind(code: code)
        return ProviderError(
            kind,
            details: ["action": .string(action), "code": .integer(code), "reason": .string(reason)],
            mayHaveTakenEffect: response.answersChange && (kind == .providerUnavailable || code == 486))
    }

    private static func unreadable(
        _ response: HTTPResponse, _ action: String, _ problem: String
    ) -> ProviderError {
        response.unreadable(problem).adding("action", .string(action))
    }

    private func kind(code: Int) -> ErrorKind {
        switch code {
        case 300, 310: .rateLimited
        case 400, 405, 437: .providerUnavailable
        case 401, 410: .unauthorized
        // Of a domain that is not in the account, its owner is said not to have signed in.
        case 415: action.uppercased() == "SW_REGISTER" ? .rejected : .notFound
        case 460, 465: .invalidInput
        case 480: .notFound
        case 485, 486: .alreadyExists
        default: .rejected
        }
    }
}
