import AdapterKit
import Models

/// An answer of WHM API 1: `metadata` with result and reason, and `data`.
///
/// - SeeAlso: https://api.docs.cpanel.net/whm/introduction/ (return data)
struct CPanelAnswer {
    let response: HTTPResponse
    let command: String

    init(_ response: HTTPResponse, command: String) {
        self.response = response
        self.command = command
    }

    /// The data of a call that the server carried out.
    ///
    /// - Throws: by the HTTP status; `providerUnavailable` where the answer is none of WHM API 1; otherwise
    ///   what the server's reason says.
    func data() throws(ProviderError) -> JSONValue {
        guard response.errorKind == nil else { throw failed() }
        let body = try response.json()
        // Some failures come in the form of the older interfaces, with status 200.
        if let reason = Self.olderReason(body) { throw refusal(reason) }
        guard let metadata = body["metadata"], let result = metadata["result"]?.lenientFlag else {
            throw response.unreadable("has no result").adding("command", .string(command))
        }
        guard result else { throw refusal(metadata["reason"]?.lenientText ?? "no reason given") }
        return body["data"] ?? .null
    }

    private func failed() -> ProviderError {
        do throws(ProviderError) {
            _ = try response.successful()
            return ProviderError(.internal)
        } catch {
            var error = error.adding("command", .string(command))
            // The interface tells what is missing or taken in its answers; such a status means that it is not there.
            if [404, 409, 410].contains(response.status) {
                error.kind = .providerUnavailable
                error.message = ErrorKind.providerUnavailable.customerMessage
            }
            if let body = try? response.json(), let reason = Self.olderReason(body) {
                error.details["reason"] = .string(reason)
            }
            return error
        }
    }

    private static func olderReason(_ body: JSONValue) -> String? {
        body["cpanelresult"]?["error"]?.lenientText ?? body["error"]?.lenientText
    }

    private func refusal(_ reason: String) -> ProviderError {
        ProviderError(
            Self.kind(of: reason),
            details: [
                "command": .string(command), "reason": .string(reason), "status": .integer(response.status),
            ])
    }

    /// The server tells reasons in sentences only.
    private static func kind(of reason: String) -> ErrorKind {
        let reason = reason.lowercased()
        func says(_ words: String...) -> Bool { words.contains { reason.contains($0) } }
        if says("does not exist", "no such", "not exist", "unable to find", "not found", "unknown user") {
            return .notFound
        }
        if says("already", "is taken", "reserved username") { return .alreadyExists }
        if says("access denied", "permission", "not authorized", "do not have access", "token") {
            return .unauthorized
        }
        if says("password strength", "too weak", "invalid", "not valid") { return .invalidInput }
        return .rejected
    }
}
