import AdapterKit
import Foundation
import Models

/// 20i's reseller interface: one method an endpoint.
///
/// The key travels in the `Authorization` header, in base64. `*` in a path stands for the key's own reseller
/// account. The vendor's full reference is at https://my.20i.com/reseller/api, for resellers only.
///
/// - SeeAlso: https://docs.20i.com/api
struct TwentyIAPI: Sendable {
    private static let host = "api.20i.com"

    let key: String
    let transport: any HTTPTransport

    // MARK: Packages

    /// A package by its id or one of its domains; nil where there is none.
    ///
    /// - SeeAlso: https://docs.20i.com/api (`GET /package/{id}`)
    func package(_ key: String) async throws(ProviderError) -> TwentyIPackage? {
        let response: HTTPResponse
        do throws(ProviderError) {
            response = try await call(.get, "/package/\(HTTPRequest.segment(key))")
        } catch {
            guard error.kind == .notFound, error.details["reason"] != nil else { throw error }
            return nil
        }
        guard let package = TwentyIPackage(try response.json()) else {
            throw response.unreadable("has no package")
        }
        return package
    }

    /// All packages, with the time that each was made.
    ///
    /// - SeeAlso: https://www.20i.com/support/api/retrieve-packages-api (`GET /package`)
    func packages() async throws(ProviderError) -> [TwentyIPackage] {
        let response = try await call(.get, "/package")
        guard let packages = try response.json().arrayValue else {
            throw response.unreadable("is no listing")
        }
        return packages.compactMap(TwentyIPackage.init)
    }

    /// - SeeAlso: https://docs.20i.com/api (`GET /package/{id}/web/usage`)
    func usage(package id: String) async throws(ProviderError) -> TwentyIUsage {
        TwentyIUsage(try await call(.get, "/package/\(HTTPRequest.segment(id))/web/usage").json())
    }

    /// The kinds of package that can be sold.
    ///
    /// - SeeAlso: https://docs.20i.com/api (`GET /reseller/{id}/packageTypes`)
    func packageTypes() async throws(ProviderError) -> [TwentyIPackageType] {
        let response = try await call(.get, "/reseller/*/packageTypes")
        guard let types = try response.json().arrayValue else {
            throw response.unreadable("is no listing")
        }
        return types.compactMap(TwentyIPackageType.init)
    }

    /// Names of the data centres by their ids.
    ///
    /// - SeeAlso: https://docs.20i.com/api (`GET /reseller/{id}/availableDcLocations`)
    func locations() async throws(ProviderError) -> [String: String] {
        let answer = try await call(.get, "/reseller/*/availableDcLocations").json()
        return (answer.objectValue ?? [:]).compactMapValues(\.lenientText)
    }

    /// Opens a package.
    ///
    /// - Parameters:
    ///   - type: id of the package type.
    ///   - location: id of a data centre; the vendor chooses where nil.
    ///   - stackUser: who may manage it.
    /// - Returns: its id.
    /// - SeeAlso: https://docs.20i.com/api (`POST /reseller/{id}/addWeb`)
    func addWeb(
        type: String, domain: String, location: String?, stackUser: String
    ) async throws(ProviderError) -> String {
        var members: [String: JSONValue] = [
            "type": .string(type), "domain_name": .string(domain), "stackUser": .string(stackUser),
        ]
        members["location"] = location.map { .string($0) }
        let response = try await call(.post, "/reseller/*/addWeb", .object(members))
        let result = try response.json()["result"]
        guard let id = result?.lenientText ?? result?["id"]?.lenientText else {
            throw response.unreadable("has no package id")
        }
        return id
    }

    /// Makes a package one of another type.
    ///
    /// - SeeAlso: https://docs.20i.com/api (`POST /reseller/{id}/updatePackage`)
    func updatePackage(_ id: String, type: String) async throws(ProviderError) {
        try await change(
            "/reseller/*/updatePackage",
            ["id": [.string(id)], "packageBundleTypes": .object([id: .string(type)])])
    }

    /// Switches a package's services on or off.
    ///
    /// - SeeAlso: https://docs.20i.com/api (`POST /package/{id}/userStatus`)
    func setStatus(package id: String, isEnabled: Bool) async throws(ProviderError) {
        try await change(
            "/package/\(HTTPRequest.segment(id))/userStatus",
            ["subservices": ["default": .bool(isEnabled)]])
    }

    /// Deletes a package for good.
    ///
    /// - SeeAlso: https://docs.20i.com/api (`POST /reseller/{id}/deleteWeb`)
    func deleteWeb(_ id: String) async throws(ProviderError) {
        try await change("/reseller/*/deleteWeb", ["delete-id": [.string(id)]])
    }

    // MARK: Users

    /// The user with an e-mail address, as in `stack-user:70`; nil where there is none.
    ///
    /// - SeeAlso: https://docs.20i.com/api (`POST /reseller/{id}/explicitStackUserCheck`)
    func stackUser(email: String) async throws(ProviderError) -> String? {
        let answer = try await call(
            .post, "/reseller/*/explicitStackUserCheck", ["email": .string(email)], isChanging: false)
        return try answer.json()["result"]?.lenientText
    }

    /// Opens a user.
    ///
    /// - Returns: the reference, as in `stack-user:70`.
    /// - SeeAlso: https://www.20i.com/support/api/stackusers-api (`POST /reseller/{id}/susers`)
    func addStackUser(email: String) async throws(ProviderError) -> String {
        let response = try await call(
            .post, "/reseller/*/susers", ["newUser": ["email": .string(email)]])
        guard let reference = try response.json()["result"]?["ref"]?.lenientText else {
            throw response.unreadable("has no reference")
        }
        return reference
    }

    /// Says who a user is.
    ///
    /// - SeeAlso: https://www.20i.com/support/api/stackusers-api (`POST /reseller/{id}/susers`)
    func setContact(_ contact: TwentyIContact, ofStackUser user: String) async throws(ProviderError) {
        try await change("/reseller/*/susers", ["contact": .object([user: contact.body])])
    }

    /// - SeeAlso: https://www.20i.com/support/api/stackusers-api (`POST /reseller/{id}/susers`)
    func setPassword(_ password: String, ofStackUser user: String) async throws(ProviderError) {
        try await change(
            "/reseller/*/susers", ["users": .object([user: ["password": .string(password)]])])
    }

    // MARK: Signing in

    /// A token that stands for a user.
    ///
    /// - SeeAlso: https://docs.20i.com/api (`POST https://auth-api.20i.com:3000/login/authenticate`)
    func authenticate(stackUser: String) async throws(ProviderError) -> TwentyIToken {
        let response = try await call(
            .post, "/login/authenticate",
            ["grant_type": "client_credentials", "scope": .string(stackUser)], host: "auth-api.20i.com",
            port: 3000, isChanging: false)
        guard let token = TwentyIToken(try response.json()) else { throw response.unreadable("has no token") }
        return token
    }

    /// - SeeAlso: https://docs.20i.com/api (`GET /reseller/{id}/customisations`)
    func brand() async throws(ProviderError) -> TwentyIBrand {
        TwentyIBrand(value: try await call(.get, "/reseller/*/customisations").json())
    }

    /// Begins a session at the control panel.
    ///
    /// - Parameter token: of the user who is to be signed in.
    /// - Returns: the id of the session.
    /// - SeeAlso: https://docs.20i.com/api (`POST https://www.stackcp.com/login/implicitBranded`)
    func beginSession(_ token: TwentyIToken, brand: TwentyIBrand) async throws(ProviderError) -> String {
        let response = try await call(
            .post, "/login/implicitBranded", ["brand": brand.value], host: "www.stackcp.com",
            bearer: token.text, isChanging: false)
        guard let id = try response.json()["session_id"]?.lenientText else {
            throw response.unreadable("has no session")
        }
        return id
    }
}

// MARK: Calls

extension TwentyIAPI {
    /// A call that says no more than whether it was carried out.
    private func change(_ path: String, _ body: JSONValue) async throws(ProviderError) {
        let response = try await call(.post, path, body)
        guard try response.json()["result"]?.lenientFlag != false else {
            throw ProviderError(
                .rejected, details: ["call": .string(path), "result": false], mayHaveTakenEffect: true)
        }
    }

    private func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil, host: String = Self.host,
        port: Int? = nil, bearer: String? = nil, isChanging: Bool? = nil
    ) async throws(ProviderError) -> HTTPResponse {
        let token = Data((bearer ?? key).utf8).base64EncodedString()
        let response = try await transport.send(
            HTTPRequest(
                method, host: host, port: port, path: path,
                headers: [.init("Accept", "application/json"), .init("Authorization", "Bearer \(token)")],
                body: body.map { .json($0) } ?? .none, isChanging: isChanging))
        do throws(ProviderError) {
            return try response.successful()
        } catch {
            throw Self.refusal(error, response).adding("call", .string(path))
        }
    }

    /// The one place where refusals become kinds. The vendor tells reasons in sentences only, so that the status
    /// decides, but for what exists already.
    private static func refusal(_ error: ProviderError, _ response: HTTPResponse) -> ProviderError {
        // What is no JSON says nothing beyond the status.
        guard let body = try? response.json() else { return error }
        var error = error
        guard let reason = body["error"]?["message"]?.lenientText ?? body["error"]?.lenientText else {
            return error
        }
        error.details["reason"] = .string(reason)
        if response.status == 400 || response.status == 422 {
            error.kind = reason.lowercased().contains("already") ? .alreadyExists : .invalidInput
            error.message = error.kind.customerMessage
        }
        return error
    }
}
