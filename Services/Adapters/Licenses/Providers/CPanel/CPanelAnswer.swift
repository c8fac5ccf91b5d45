import AdapterKit
import Models

/// An answer of the Manage2 API: `status`, `reason`, and what was asked for beside them.
///
/// - SeeAlso: https://docs.cpanel.net/manage2/knowledge-base/manage2-return-data/
struct CPanelAnswer {
    let response: HTTPResponse
    let value: JSONValue

    /// - Throws: by the HTTP status; `providerUnavailable` where it is none of Manage2; otherwise what its
    ///   reason says.
    init(_ response: HTTPResponse, function: String) throws(ProviderError) {
        self.response = response
        do throws(ProviderError) {
            _ = try response.successful()
        } catch {
            var error = error.adding("function", .string(function))
            // A failure need not be JSON; its status says enough.
            if let reason = (try? response.json())?["reason"]?.lenientText {
                error.details["reason"] = .string(reason)
            }
            throw error
        }
        value = try response.json()
        guard let isDone = value["status"]?.lenientFlag else {
            throw response.unreadable("has no status").adding("function", .string(function))
        }
        guard isDone else {
            let reason = value["reason"]?.lenientText ?? "no reason given"
            throw ProviderError(
                Self.kind(of: reason),
                details: [
                    "function": .string(function), "reason": .string(reason),
                    "status": .integer(response.status),
                ])
        }
    }

    /// Manage2 tells reasons in sentences only.
    private static func kind(of reason: String) -> ErrorKind {
        let reason = reason.lowercased()
        func says(_ words: String...) -> Bool { words.contains { reason.contains($0) } }
        if says("access denied", "permission", "not authorized", "login", "authenticat") {
            return .unauthorized
        }
        if says(
            "no license", "no valid license", "no active license", "no such", "not found", "does not exist")
        {
            return .notFound
        }
        if says("already") { return .alreadyExists }
        if says("invalid", "not valid", "missing", "required") { return .invalidInput }
        return .rejected
    }
}
