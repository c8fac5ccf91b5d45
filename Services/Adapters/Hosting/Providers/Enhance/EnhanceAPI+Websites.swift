import AdapterKit
import Models

// MARK: Websites and what is installed in them

extension EnhanceAPI {
    /// An organisation's websites that are not deleted.
    ///
    /// - Parameters:
    ///   - domain: only those in whose name it occurs.
    ///   - subscription: only those of this subscription.
    /// - SeeAlso: https://apidocs.enhance.com/#/websites/getWebsites
    func websites(
        org: String, domain: String?, subscription: String?
    ) async throws(ProviderError) -> [EnhanceWebsite] {
        var fields: [HTTPRequest.Field] = []
        if let domain { fields.append(.init("search", domain)) }
        if let subscription { fields.append(.init("subscriptionId", subscription)) }
        fields.append(.init("showDeleted", "false"))
        return try await items(Self.path(ofWebsites: org), fields).compactMap(EnhanceWebsite.init)
    }

    /// One website with its addresses and server.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/websites/getWebsite
    func website(_ id: String, org: String) async throws(ProviderError) -> EnhanceWebsite {
        let response = try await get(Self.path(ofWebsite: id, org: org))
        guard let website = EnhanceWebsite(try response.json()) else {
            throw response.unreadable("has no website")
        }
        return website
    }

    /// - Parameter serverGroup: where it shall be kept; the cluster chooses where nil.
    /// - Returns: the id of the website.
    /// - SeeAlso: https://apidocs.enhance.com/#/websites/createWebsite
    func createWebsite(
        org: String, domain: String, subscriptionID: String, serverGroup: String?
    ) async throws(ProviderError) -> String {
        var members: [String: JSONValue] = [
            "domain": .string(domain),
            "subscriptionId": Int(subscriptionID).map { .integer($0) } ?? .string(subscriptionID),
        ]
        members["serverGroupId"] = serverGroup.map { .string($0) }
        return try await create(Self.path(ofWebsites: org), members)
    }

    /// The id of a website's first WordPress installation; nil where it has none.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/apps/getWebsiteApps
    func wordPressID(website: String, org: String) async throws(ProviderError) -> String? {
        let apps = try await items(Self.path(ofWebsite: website, org: org) + "/apps")
        return apps.first { $0["app"]?.stringValue?.lowercased() == "wordpress" }?["id"]?.lenientText
    }

    /// The id of the WordPress user that the panel signs in.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/wordpress/getDefaultWpSsoUser
    func defaultWordPressUserID(
        app: String, website: String, org: String
    ) async throws(ProviderError) -> String {
        let path = try Self.path(ofWordPress: app, website: website, org: org)
        let response = try await get(path + "/users/default")
        guard let id = try response.json()["id"]?.lenientText else {
            throw response.unreadable("has no user")
        }
        return id
    }

    /// A one-off address that signs a user in to WordPress.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/wordpress/getWordpressUserSsoUrl
    func wordPressLogin(
        user: String, app: String, website: String, org: String
    ) async throws(ProviderError) -> String {
        let path = try Self.path(ofWordPress: app, website: website, org: org)
        return try await text(path + "/users/\(HTTPRequest.segment(user))/sso")
    }

    private static func path(ofWebsites org: String) throws(ProviderError) -> String {
        try "/orgs/\(HTTPRequest.segment(org))/websites"
    }

    private static func path(ofWebsite id: String, org: String) throws(ProviderError) -> String {
        try path(ofWebsites: org) + "/" + HTTPRequest.segment(id)
    }

    private static func path(
        ofWordPress app: String, website: String, org: String
    ) throws(ProviderError) -> String {
        try path(ofWebsite: website, org: org) + "/apps/\(HTTPRequest.segment(app))/wordpress"
    }
}

// MARK: Calls

extension EnhanceAPI {
    func request(
        _ method: HTTPRequest.Method, _ path: String, _ query: [HTTPRequest.Field] = []
    ) -> HTTPRequest {
        HTTPRequest(
            method, host: hostname, path: "/api\(path)", query: query,
            headers: [
                .init("Accept", "application/json"), .init("Authorization", "Bearer \(accessToken)"),
            ],
            verifiesTLS: verifiesTLS)
    }

    func get(_ path: String, _ query: [HTTPRequest.Field] = []) async throws(ProviderError) -> HTTPResponse {
        try await send(request(.get, path, query))
    }

    /// The entries of a listing.
    func items(_ path: String, _ query: [HTTPRequest.Field] = []) async throws(ProviderError) -> [JSONValue] {
        let response = try await get(path, query)
        guard let items = try response.json()["items"]?.arrayValue else {
            throw response.unreadable("is no listing")
        }
        return items
    }

    /// A text, in quotes as JSON has them or bare.
    func text(_ path: String) async throws(ProviderError) -> String {
        let response = try await get(path)
        // What is no JSON is the bare text.
        if let text = (try? response.json())?.lenientText { return text }
        let text = try response.text()
        guard !text.isEmpty, !text.hasPrefix("<"), text.utf8.count <= 2_000 else {
            throw response.unreadable("is no text")
        }
        return text
    }

    func delete(_ path: String) async throws(ProviderError) {
        _ = try await send(request(.delete, path, [.init("force", "false")]))
    }

    /// - Returns: the id of what was made.
    func create(
        _ path: String, _ members: [String: JSONValue], query: [HTTPRequest.Field] = []
    ) async throws(ProviderError) -> String {
        var request = request(.post, path, query)
        request.body = .json(.object(members))
        let response = try await send(request)
        guard let id = try response.json()["id"]?.lenientText else { throw response.unreadable("has no id") }
        return id
    }

    /// The one place where refusals become kinds: the status says what they are, the body has a code.
    func send(_ request: HTTPRequest) async throws(ProviderError) -> HTTPResponse {
        let response = try await transport.send(request)
        do throws(ProviderError) {
            return try response.successful()
        } catch {
            var error = error
            if response.status == 400 || response.status == 422 {
                error.kind = .invalidInput
                error.message = ErrorKind.invalidInput.customerMessage
            }
            // What is no JSON says nothing beyond the status.
            if let body = try? response.json() {
                error.details["code"] = body["code"]?.lenientText.map { .string($0) }
                error.details["detail"] = body["detail"]?.lenientText.map { .string($0) }
            }
            throw error.adding("call", .string("\(request.method.rawValue) \(request.path)"))
        }
    }
}
