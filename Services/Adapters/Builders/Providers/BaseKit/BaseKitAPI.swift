import AdapterKit
import Models

/// The REST API of BaseKit: one method an endpoint.
///
/// - SeeAlso: https://apidocs.basekit.com/
struct BaseKitAPI: Sendable {
    /// How many users one page of the list has.
    static let pageSize = 100

    let address: String
    let username: String
    let password: String
    let transport: any HTTPTransport

    // MARK: Users

    /// Users of the brand that are not deleted, the oldest first.
    ///
    /// - Parameters:
    ///   - day: the first day on which they were opened, as in `2026-02-03`; all where nil.
    ///   - offset: how many to leave out.
    ///   - limit: the most that are answered.
    /// - SeeAlso: https://apidocs.basekit.com/api-reference/users/ (Get users)
    func users(
        from day: String? = nil, offset: Int = 0, limit: Int = pageSize
    ) async throws(ProviderError) -> [BaseKitUser] {
        var query: [HTTPRequest.Field] = [
            .init("limit", String(limit)), .init("offset", String(offset)),
        ]
        if let day { query.append(.init("dateFrom", day)) }
        let response = try await send(.get, "/users", query: query)
        guard let users = try response.json()["accountHolders"]?.arrayValue else {
            throw response.unreadable("has no users")
        }
        return users.map(BaseKitUser.init)
    }

    /// One user; nil where there is none, or it is deleted.
    ///
    /// - SeeAlso: https://apidocs.basekit.com/api-reference/users/ (Get user)
    func user(_ reference: String) async throws(ProviderError) -> BaseKitUser? {
        let response: HTTPResponse
        do throws(ProviderError) {
            response = try await send(.get, "/users/\(HTTPRequest.segment(reference))")
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
        guard let user = try response.json()["accountHolder"], user.objectValue != nil else {
            throw response.unreadable("has no user")
        }
        let found = BaseKitUser(user)
        return found.isDeleted ? nil : found
    }

    /// Opens a user and returns its reference.
    ///
    /// - SeeAlso: https://apidocs.basekit.com/api-reference/users/ (Create user)
    func createUser(_ user: BaseKitNewUser) async throws(ProviderError) -> BaseKitReference {
        let response = try await send(.post, "/users", body: user.body)
        guard let reference = try BaseKitReference(response.json()["accountHolder"]?["ref"]) else {
            throw response.unreadable("has no user")
        }
        return reference
    }

    /// Deletes a user.
    ///
    /// - SeeAlso: https://apidocs.basekit.com/api-reference/users/ (Delete user)
    func deleteUser(_ reference: String) async throws(ProviderError) {
        _ = try await send(.delete, "/users/\(HTTPRequest.segment(reference))")
    }

    /// Gives a user a package, in place of the one that it has.
    ///
    /// - Parameter months: how many are paid at a time; nil where nothing is paid.
    /// - SeeAlso: https://apidocs.basekit.com/api/integration-guide/ (Packages)
    func addPackage(
        _ package: JSONValue, to user: String, months: Int?
    ) async throws(ProviderError) {
        _ = try await send(
            .post, "/users/\(HTTPRequest.segment(user))/account-packages",
            body: ["packageRef": package, "billingFrequency": months.map { .integer($0) } ?? .null])
    }

    /// An address that signs a user in, to edit a site.
    ///
    /// - SeeAlso: https://apidocs.basekit.com/guides/user-log-in/
    func autoLogin(
        _ user: String, site: BaseKitReference, redirectURL: String?
    ) async throws(ProviderError) -> String {
        var body: [String: JSONValue] = ["siteRef": site.value]
        body["redirectUrl"] = redirectURL.map { .string($0) }
        let response = try await send(
            .post, "/users/\(HTTPRequest.segment(user))/auto-login", body: .object(body), isChanging: false)
        guard let url = try response.json()["flowUrl"]?.lenientText else {
            throw response.unreadable("has no address to sign in at")
        }
        return url
    }

    // MARK: Sites

    /// The sites of a user.
    ///
    /// - SeeAlso: https://apidocs.basekit.com/api-reference/users/ (Get user's sites)
    func sites(of user: String) async throws(ProviderError) -> [BaseKitSite] {
        let response = try await send(.get, "/users/\(HTTPRequest.segment(user))/sites")
        guard let sites = try response.json()["sites"]?.arrayValue else {
            throw response.unreadable("has no sites")
        }
        return sites.compactMap(BaseKitSite.init)
    }

    /// Opens a site.
    ///
    /// - Parameter domain: the vendor's own domain where nil.
    /// - SeeAlso: https://apidocs.basekit.com/api-reference/sites/ (Create site)
    func createSite(
        of user: BaseKitReference, brand: JSONValue, domain: String?
    ) async throws(ProviderError) -> BaseKitSite {
        var body: [String: JSONValue] = ["brandRef": brand, "accountHolderRef": user.value]
        if let domain {
            body["domain"] = .string(domain)
        } else {
            body["createDemoDomain"] = true
        }
        let response = try await send(.post, "/sites", body: .object(body))
        guard let site = try response.json()["site"].flatMap(BaseKitSite.init) else {
            throw response.unreadable("has no site")
        }
        return site
    }

    /// Deletes a site; one that is gone stays so.
    ///
    /// - SeeAlso: https://apidocs.basekit.com/api-reference/sites/ (Delete site)
    func deleteSite(_ site: BaseKitReference) async throws(ProviderError) {
        do throws(ProviderError) {
            _ = try await send(.delete, "/sites/\(HTTPRequest.segment(site.text))")
        } catch {
            guard error.kind == .notFound else { throw error }
        }
    }
}

// MARK: Calls

extension BaseKitAPI {
    private func send(
        _ method: HTTPRequest.Method, _ path: String, query: [HTTPRequest.Field] = [],
        body: JSONValue? = nil, isChanging: Bool? = nil
    ) async throws(ProviderError) -> HTTPResponse {
        let request = HTTPRequest(
            method, at: try ServiceAddress(address), path: path, query: query,
            headers: [
                .init("Accept", "application/json"),
                .basicAuthorization(username: username, password: password),
            ],
            body: body.map { .json($0) } ?? .none, isChanging: isChanging)
        let response = try await transport.send(request)
        do throws(ProviderError) {
            return try response.successful()
        } catch {
            throw Self.refusal(error, in: response)
        }
    }

    /// The vendor's own words, and a better kind than the status tells where they allow it: a refusal names
    /// the members that it is about, and for each the check that failed.
    private static func refusal(_ error: ProviderError, in response: HTTPResponse) -> ProviderError {
        // An answer that is no JSON says no more than its status does.
        guard let answer = try? response.json() else { return error }
        var error = error
        error.details["reason"] = answer["message"]
        error.details["errors"] = answer["errors"]
        guard error.kind == .rejected, response.status == 400 || response.status == 422 else { return error }
        let failed = answer["errors"]?.objectValue ?? [:]
        let isTaken = failed.values.contains { $0["unique"] != nil }
        error.kind = isTaken ? .alreadyExists : .invalidInput
        error.message =
            failed["email"]?["unique"] != nil
            ? "There is an account with this e-mail address already." : error.kind.customerMessage
        return error
    }
}
