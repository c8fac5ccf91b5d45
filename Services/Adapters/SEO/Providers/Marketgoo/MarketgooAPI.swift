import AdapterKit
import Models

/// The provisioning API of marketgoo: one method an endpoint.
///
/// Answers follow JSON:API; what is sent are forms with the same structure.
///
/// - SeeAlso: https://marketgoo.docs.apiary.io/
struct MarketgooAPI: Sendable {
    /// How long an address that signs somebody in holds: 5 min, the least that there is.
    static let loginMinutes = 5
    /// The most accounts that one page shows.
    static let pageSize = 1_000

    let address: String
    let apiKey: String
    let transport: any HTTPTransport

    /// What the brand of the key is called.
    ///
    /// - SeeAlso: https://marketgoo.docs.apiary.io/#reference/0/getting-general-information
    func me() async throws(ProviderError) -> String? {
        let response = try await send(.get, "/me")
        guard let brand = try response.json()["data"] else { throw response.unreadable("has no data") }
        return brand["attributes"]?["name"]?.lenientText ?? brand["id"]?.lenientText
    }

    /// The active accounts of a site, and whether these are all.
    ///
    /// - SeeAlso: https://marketgoo.docs.apiary.io/#reference/0/working-with-accounts/get-multiple-accounts
    func accounts(domain: String) async throws(ProviderError) -> (accounts: [MarketgooAccount], isWhole: Bool)
    {
        let response = try await send(
            .get, "/accounts",
            query: [.init("filter[domain]", domain), .init("page[limit]", String(Self.pageSize))])
        let answer = try response.json()
        guard let data = answer["data"]?.arrayValue else { throw response.unreadable("has no accounts") }
        return (data.compactMap(MarketgooAccount.init), answer["links"]?["next"]?.lenientText == nil)
    }

    /// One account; nil where there is none.
    ///
    /// - SeeAlso: https://marketgoo.docs.apiary.io/#reference/0/working-with-accounts/get-single-account
    func account(_ id: String) async throws(ProviderError) -> MarketgooAccount? {
        let response: HTTPResponse
        do throws(ProviderError) {
            response = try await send(.get, "/accounts/\(HTTPRequest.segment(id))")
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
        guard let account = try response.json()["data"].flatMap(MarketgooAccount.init) else {
            throw response.unreadable("has no account")
        }
        return account
    }

    /// Opens an account and returns its id.
    ///
    /// - SeeAlso: https://marketgoo.docs.apiary.io/#reference/0/working-with-accounts/create-account
    func createAccount(_ account: MarketgooNewAccount) async throws(ProviderError) -> String {
        let response = try await send(.post, "/accounts", form: account.fields)
        guard let id = try response.json()["data"]?["id"]?.lenientText else {
            throw response.unreadable("has no account")
        }
        return id
    }

    /// Moves an account to another product; what does not fit into it is deleted.
    ///
    /// - SeeAlso: https://marketgoo.docs.apiary.io/#reference/0/upgrading-or-downgrading-accounts
    func upgrade(_ id: String, product: String) async throws(ProviderError) {
        _ = try await send(
            .patch, "/accounts/\(HTTPRequest.segment(id))/upgrade",
            form: [
                .init("data[type]", "account"), .init("data[id]", id),
                .init("data[attributes][product]", product), .init("data[attributes][force]", "1"),
            ])
    }

    /// Pauses an account; one that is paused stays so.
    ///
    /// - SeeAlso: https://marketgoo.docs.apiary.io/#reference/0/working-with-accounts/suspend-account-(pause)
    func suspend(_ id: String) async throws(ProviderError) {
        try await change("/accounts/\(HTTPRequest.segment(id))/suspend", unless: "already suspended")
    }

    /// Lets a paused account go on; one that is not paused stays so.
    ///
    /// - SeeAlso: https://marketgoo.docs.apiary.io/#reference/0/working-with-accounts/resume-account-(unpause)
    func resume(_ id: String) async throws(ProviderError) {
        try await change("/accounts/\(HTTPRequest.segment(id))/resume", unless: "not suspended")
    }

    /// Closes an account.
    ///
    /// - SeeAlso: https://marketgoo.docs.apiary.io/#reference/0/working-with-accounts/delete-account
    func deleteAccount(_ id: String) async throws(ProviderError) {
        _ = try await send(.delete, "/accounts/\(HTTPRequest.segment(id))")
    }

    /// An address that signs the customer in, for 5 min.
    ///
    /// - SeeAlso: https://marketgoo.docs.apiary.io/#reference/0/managing-end-user-logins-to-the-app
    func login(_ id: String) async throws(ProviderError) -> String {
        let response = try await send(
            .get, "/accounts/\(HTTPRequest.segment(id))/login",
            query: [.init("expires", String(Self.loginMinutes))])
        guard let url = try response.json()["links"]?["login"]?.lenientText else {
            throw response.unreadable("has no address to sign in at")
        }
        return url
    }
}

// MARK: Calls

extension MarketgooAPI {
    private func send(
        _ method: HTTPRequest.Method, _ path: String, query: [HTTPRequest.Field] = [],
        form: [HTTPRequest.Field] = []
    ) async throws(ProviderError) -> HTTPResponse {
        let request = HTTPRequest(
            method, at: try ServiceAddress(address), path: "/api" + path, query: query,
            headers: [.init("Accept", "application/vnd.marketgoo.api+json"), .init("X-Auth-Token", apiKey)],
            body: form.isEmpty ? .none : .form(form))
        let response = try await transport.send(request)
        do throws(ProviderError) {
            return try response.successful()
        } catch {
            throw Self.refusal(error, in: response)
        }
    }

    /// Brings an account into a state, also where the answer is that it is in it.
    private func change(_ path: String, unless state: String) async throws(ProviderError) {
        do throws(ProviderError) {
            _ = try await send(.patch, path)
        } catch {
            guard error.kind == .alreadyExists,
                error.details["reason"]?.stringValue?.lowercased().contains(state) == true
            else { throw error }
        }
    }

    /// The vendor's own words, and a better kind than the status tells where they allow it.
    ///
    /// - SeeAlso: https://jsonapi.org/format/#error-objects
    private static func refusal(_ error: ProviderError, in response: HTTPResponse) -> ProviderError {
        // An answer that is no JSON says no more than its status does.
        guard let first = (try? response.json())?["errors"]?.arrayValue?.first else { return error }
        var error = error
        let reason = [first["title"], first["detail"]].compactMap { $0?.lenientText }.joined(separator: ": ")
        error.details["reason"] = .string(reason)
        error.details["code"] = first["code"]
        if error.kind == .alreadyExists, reason.lowercased().contains("deleted") {
            error.kind = .notFound
            error.message = ErrorKind.notFound.customerMessage
        }
        guard error.kind == .rejected, let pointer = first["source"]?["pointer"]?.stringValue else {
            return error
        }
        error.kind = .invalidInput
        error.details["pointer"] = .string(pointer)
        error.message =
            pointer.hasSuffix("/product")
            ? "This package is not offered at the moment." : ErrorKind.invalidInput.customerMessage
        return error
    }
}
