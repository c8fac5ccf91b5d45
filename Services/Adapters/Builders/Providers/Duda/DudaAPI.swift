import AdapterKit
import Models

/// Duda's Partner API: one method an endpoint.
///
/// - SeeAlso: https://developer.duda.co/reference/introduction
struct DudaAPI: Sendable {
    static let host = "api.duda.co"

    let username: String
    let password: String
    let transport: any HTTPTransport

    // MARK: Plans

    /// The plans that sites can have.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/site-plans-list-site-plans
    func plans() async throws(ProviderError) -> [DudaPlan] {
        let response = try await send(.get, "/sites/multiscreen/plans")
        guard let plans = try response.json().arrayValue else { throw response.unreadable("has no plans") }
        return plans.compactMap(DudaPlan.init)
    }

    /// The plan of a site.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/site-plans-get-site-plan
    func plan(of site: String) async throws(ProviderError) -> DudaPlan {
        let response = try await send(.get, "/sites/multiscreen/\(HTTPRequest.segment(site))/plan")
        guard let plan = try DudaPlan(response.json()) else { throw response.unreadable("has no plan") }
        return plan
    }

    /// Gives a site a plan.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/site-plans-update-site-plan
    func setPlan(_ plan: DudaPlan, of site: String) async throws(ProviderError) {
        let plan = try HTTPRequest.segment(plan.id)
        _ = try await send(.post, "/sites/multiscreen/\(HTTPRequest.segment(site))/plan/\(plan)")
    }

    // MARK: Accounts

    /// Whether there is an account of this name.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/accounts-get-account
    func hasAccount(_ name: String) async throws(ProviderError) -> Bool {
        do throws(ProviderError) {
            _ = try await send(.get, "/accounts/\(HTTPRequest.segment(name))")
            return true
        } catch {
            guard error.kind == .notFound else { throw error }
            return false
        }
    }

    /// Opens an account for a customer. One that is there already is refused.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/accounts-create-account
    func createAccount(_ account: DudaNewAccount) async throws(ProviderError) {
        _ = try await send(.post, "/accounts/create", body: account.body)
    }

    /// The names of the sites that an account may do something with.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/client-permissions-list-client-sites
    func sites(of account: String) async throws(ProviderError) -> [String] {
        let response = try await send(
            .get, "/accounts/grant-access/\(HTTPRequest.segment(account))/sites/multiscreen")
        guard let sites = try response.json().arrayValue else { throw response.unreadable("has no sites") }
        return sites.compactMap { $0["site_name"]?.lenientText }
    }

    /// What an account may do with a site.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/client-permissions-get-client-permissions
    func permissions(of account: String, site: String) async throws(ProviderError) -> [String] {
        let response = try await send(.get, try Self.permissionsPath(account, site))
        return try response.json()["permissions"]?.arrayValue?.compactMap(\.lenientText) ?? []
    }

    /// Sets what an account may do with a site.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/client-permissions-grant-site-access
    func setPermissions(
        _ permissions: [String], of account: String, site: String
    ) async throws(ProviderError) {
        _ = try await send(
            .post, try Self.permissionsPath(account, site),
            body: ["permissions": .array(permissions.map { .string($0) })])
    }

    private static func permissionsPath(
        _ account: String, _ site: String
    ) throws(ProviderError) -> String {
        try "/accounts/\(HTTPRequest.segment(account))/sites/\(HTTPRequest.segment(site))/permissions"
    }

    /// An address that signs an account in to work on a site.
    ///
    /// - Parameter target: the vendor's name of a page of its editor.
    /// - SeeAlso: https://developer.duda.co/reference/authentication-get-sso-link
    func ssoLink(
        account: String, site: String, target: String
    ) async throws(ProviderError) -> String {
        let response = try await send(
            .get, "/accounts/sso/\(HTTPRequest.segment(account))/link",
            query: [.init("site_name", site), .init("target", target)])
        guard let url = try response.json()["url"]?.lenientText else {
            throw response.unreadable("has no address to sign in at")
        }
        return url
    }

    // MARK: Sites

    /// One site; nil where there is none.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/sites-get-site
    func site(_ name: String) async throws(ProviderError) -> DudaSite? {
        let response: HTTPResponse
        do throws(ProviderError) {
            response = try await send(.get, "/sites/multiscreen/\(HTTPRequest.segment(name))")
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
        guard let site = try DudaSite(response.json()) else { throw response.unreadable("has no site") }
        return site
    }

    /// Opens a site and returns its name.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/sites-create-site
    func createSite(_ site: DudaNewSite) async throws(ProviderError) -> String {
        let response = try await send(.post, "/sites/multiscreen/create", body: site.body)
        guard let name = try response.json()["site_name"]?.lenientText else {
            throw response.unreadable("has no site")
        }
        return name
    }

    /// Puts a site on the net; for the first time, this begins a paid subscription.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/sites-publish-site
    func publish(_ site: String) async throws(ProviderError) {
        _ = try await send(.post, "/sites/multiscreen/publish/\(HTTPRequest.segment(site))")
    }

    /// Takes a site off the net.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/sites-unpublish-site
    func unpublish(_ site: String) async throws(ProviderError) {
        _ = try await send(.post, "/sites/multiscreen/unpublish/\(HTTPRequest.segment(site))")
    }

    /// Deletes a site for good, and ends its subscription.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/sites-delete-site
    func deleteSite(_ site: String) async throws(ProviderError) {
        _ = try await send(.delete, "/sites/multiscreen/\(HTTPRequest.segment(site))")
    }
}

// MARK: Calls

extension DudaAPI {
    private func send(
        _ method: HTTPRequest.Method, _ path: String, query: [HTTPRequest.Field] = [],
        body: JSONValue? = nil
    ) async throws(ProviderError) -> HTTPResponse {
        let request = HTTPRequest(
            method, host: Self.host, path: "/api" + path, query: query,
            headers: [
                .init("Accept", "application/json"),
                .basicAuthorization(username: username, password: password),
            ],
            body: body.map { .json($0) } ?? .none)
        let response = try await transport.send(request)
        do throws(ProviderError) {
            return try response.successful()
        } catch {
            throw Self.refusal(error, in: response)
        }
    }

    /// The vendor's own words. It refuses nearly everything with status 400 and a code that is a word.
    ///
    /// - SeeAlso: https://developer.duda.co/reference/introduction (Errors)
    private static func refusal(_ error: ProviderError, in response: HTTPResponse) -> ProviderError {
        // An answer that is no JSON says no more than its status does.
        guard let answer = try? response.json() else { return error }
        var error = error
        error.details["code"] = answer["error_code"]
        error.details["reason"] = answer["message"]
        guard error.kind == .rejected else { return error }
        error.kind = kind(
            code: answer["error_code"]?.lenientText ?? "", message: answer["message"]?.lenientText ?? "")
        error.message = error.kind.customerMessage
        return error
    }

    private static func kind(code: String, message: String) -> ErrorKind {
        let (code, message) = (code.lowercased(), message.lowercased())
        func says(_ words: String...) -> Bool {
            words.contains { code.contains($0.filter { $0 != " " }) || message.contains($0) }
        }
        if says("not exist", "doesn't exist", "not found") { return .notFound }
        if says("already exist", "already in use", "already taken", "duplicate") { return .alreadyExists }
        if says("invalid", "missing", "malformed") { return .invalidInput }
        return .rejected
    }
}
