import AdapterKit
import Models

/// An answer of the XML API: a packet with one `result` for each thing that was asked for, or with `system`
/// where the packet was turned away as a whole.
///
/// - SeeAlso:
///   https://docs.plesk.com/en-US/obsidian/api-rpc/about-xml-api/creating-client-software/handling-errors.28729
struct PleskAnswer {
    let response: HTTPResponse
    /// What the call was about, as in `customer`.
    let target: String
    let operation: String

    /// The results, all of which say `ok`.
    ///
    /// - Throws: what the first refusal says; `providerUnavailable` where the answer is none of the panel's.
    ///   A page that is missing is that too: it says nothing about accounts.
    func results() throws(ProviderError) -> [XMLValue] {
        do throws(ProviderError) {
            _ = try response.successful()
        } catch {
            var error = told(error)
            if error.kind == .notFound || error.kind == .alreadyExists { error.kind = .providerUnavailable }
            throw error
        }
        let packet = try response.xml()
        guard packet.name == "packet" else { throw told(response.unreadable("is none of the panel's")) }
        if let system = packet["system"], system["status"]?.content != "ok" { throw refusal(system) }
        let results = packet[target]?[operation]?.all("result") ?? []
        guard !results.isEmpty else { throw told(response.unreadable("has no result")) }
        for result in results {
            switch result["status"]?.content {
            case "ok": continue
            case "error": throw refusal(result)
            default: throw told(response.unreadable("has a result without status"))
            }
        }
        return results
    }

    /// Whether the panel itself said no: it is then through with what was asked.
    static func isRefusal(_ error: ProviderError) -> Bool { error.details["code"] != nil }

    private func told(_ error: ProviderError) -> ProviderError {
        error.adding("operation", .string("\(target)/\(operation)"))
    }

    private func refusal(_ result: XMLValue) -> ProviderError {
        let code = result["errcode"]?.content ?? "none"
        return told(
            ProviderError(
                Self.kind(of: code),
                details: [
                    "code": .string(code), "reason": .string(result["errtext"]?.content ?? "no reason given"),
                ],
                mayHaveTakenEffect: response.answersChange && code == Self.operationFailed))
    }

    /// The only code that is given after the panel has begun.
    private static let operationFailed = "1023"

    /// - SeeAlso: https://docs.plesk.com/en-US/obsidian/api-rpc/about-xml-api/error-codes/reduced-list-of-error-codes.33765
    private static func kind(of code: String) -> ErrorKind {
        switch code {
        // Wrong credentials or key, not allowed, disabled, locked, no known way to sign in.
        case "1001", "1006", "1010", "1011", "1012", "1029", "11003": .unauthorized
        case "1002", "1007": .alreadyExists
        // Not started or not set up yet.
        case "1003", "1004": .providerUnavailable
        case "1008": .rateLimited
        // The thing itself, or its owner.
        case "1013", "1015": .notFound
        // Does not fit the schema, or is no valid value.
        case "1014", "1019": .invalidInput
        case "1017": .unsupported
        default: .rejected
        }
    }
}
