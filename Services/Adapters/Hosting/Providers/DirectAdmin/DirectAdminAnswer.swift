import AdapterKit
import Models

/// An answer of a command: JSON where all is well, JSON with `error` where the panel refuses, and a page for
/// browsers where it does not accept the sign-in.
///
/// - SeeAlso: https://docs.directadmin.com/developer/api/legacy-api.html
struct DirectAdminAnswer {
    let response: HTTPResponse
    let command: String

    /// What the command told.
    ///
    /// - Throws: what the panel's sentence says; by the HTTP status where it says nothing; `unauthorized`
    ///   for a sign-in page; `providerUnavailable` where the answer is none of the panel's. A page that is
    ///   missing is that too: it says nothing about accounts.
    func value() throws(ProviderError) -> JSONValue {
        if response.header("x-directadmin")?.lowercased() == "unauthorized" || isSignInPage {
            throw told(ProviderError(.unauthorized))
        }
        let value: JSONValue
        do throws(ProviderError) {
            value = try response.json()
        } catch {
            throw told(failure ?? error)
        }
        if let error = value["error"], error != .null, error.lenientFlag != false {
            throw refusal(error, value)
        }
        if let failure { throw told(failure) }
        return value
    }

    /// What the status alone says; nil where it says success.
    private var failure: ProviderError? {
        do throws(ProviderError) {
            _ = try response.successful()
            return nil
        } catch {
            var error = error
            if error.kind == .notFound || error.kind == .alreadyExists { error.kind = .providerUnavailable }
            return error
        }
    }

    /// The sign-in page comes with status 200.
    private var isSignInPage: Bool {
        // A page that is not UTF-8 is none that we know.
        guard response.errorKind == nil, let page = try? response.text(),
            page.first(where: { !$0.isWhitespace }) == "<"
        else { return false }
        return page.contains("CMD_LOGIN") || page.lowercased().contains("login")
    }

    private func told(_ error: ProviderError) -> ProviderError {
        error.adding("command", .string(command))
    }

    private func refusal(_ error: JSONValue, _ value: JSONValue) -> ProviderError {
        // Older commands say 1, newer ones a sentence.
        let title = error.lenientFlag == true ? nil : error.lenientText
        let texts = [title, value["text"]?.lenientText, value["result"]?.lenientText]
        let reason = (texts + [value["details"]?.lenientText]).compactMap { $0 }.joined(separator: ": ")
        return told(
            ProviderError(
                Self.kind(of: reason),
                details: [
                    "reason": .string(reason.isEmpty ? "no reason given" : reason),
                    "status": .integer(response.status),
                ]))
    }

    /// The panel tells reasons in sentences only.
    private static func kind(of reason: String) -> ErrorKind {
        let reason = reason.lowercased()
        func says(_ words: String...) -> Bool { words.contains { reason.contains($0) } }
        if says("does not exist", "doesn't exist", "no such", "not found", "unknown user") {
            return says("package") ? .invalidInput : .notFound
        }
        if says("already exist", "already in use", "already taken", "is taken") { return .alreadyExists }
        if says("access denied", "permission", "not authorized", "unauthorized", "login failed") {
            return .unauthorized
        }
        if says("invalid", "not valid", "too short", "too long", "difficult") { return .invalidInput }
        return .rejected
    }
}
