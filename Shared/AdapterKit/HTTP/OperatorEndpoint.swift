import Foundation
package import Models

/// An endpoint of an operator's own: an address and a method that a configuration names, called with what a
/// function was given.
///
/// With GET the fields travel in the address, as there is no other place for them; with every other method as
/// a form. An access token travels as a bearer token.
package struct OperatorEndpoint: Sendable {
    private let method: HTTPRequest.Method
    private let scheme: String
    private let port: Int?
    private let path: String
    private let query: [HTTPRequest.Field]
    package let host: String

    /// - Parameters:
    ///   - isOffered: whether the configuration says that there is such an endpoint.
    ///   - url: absolute, `http` or `https`, without user information.
    ///   - method: a name in any case, as in `post`.
    /// - Throws: `unsupported` where there is none, `internal` where the configuration names none that can be
    ///   called.
    package init(isOffered: Bool? = true, url: String?, method: String?) throws(ProviderError) {
        guard isOffered == true else { throw ProviderError(.unsupported) }
        func problem(_ text: String) -> ProviderError {
            ProviderError(.internal, details: ["problem": .string("The configured endpoint \(text).")])
        }
        guard let url, let method else { throw problem("has no address or no method") }
        guard let method = HTTPRequest.Method(rawValue: method.uppercased()) else {
            throw problem("has a method that is none")
        }
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            scheme == "https" || scheme == "http", let host = parts.host, !host.isEmpty,
            let query = PercentEncoding.fields(parts.percentEncodedQuery ?? "")
        else { throw problem("has no web address") }
        // It would be dropped, or show in addresses that are logged.
        guard parts.user == nil, parts.password == nil else {
            throw problem("has a user name in its address; give an access token instead")
        }
        self.method = method
        self.scheme = scheme
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = parts.port
        path = parts.path.isEmpty ? "/" : parts.path
        self.query = query
    }

    /// What goes along with every call.
    package struct Access: Sendable {
        package var token: String?
        package var verifiesTLS: Bool
        package var timeLimit: Duration

        package init(token: String?, verifiesTLS: Bool = true, timeLimit: Duration) {
            self.token = token
            self.verifiesTLS = verifiesTLS
            self.timeLimit = timeLimit
        }
    }

    /// Calls the endpoint.
    ///
    /// - Parameter isChanging: whether it does something; its method does not tell.
    /// - Throws: by the status; `rejected` where the answer says `"success": false`.
    package func call(
        _ fields: [HTTPRequest.Field], isChanging: Bool, access: Access, over transport: any HTTPTransport
    ) async throws(ProviderError) -> OperatorAnswer {
        var request = request(method, path, access)
        request.isChanging = isChanging
        request.query = query
        request.headers.append(
            .init("Accept", "application/json, text/html, text/plain, application/x-www-form-urlencoded"))
        if let token = access.token, !token.isEmpty {
            request.headers.append(.init("Authorization", "Bearer \(token)"))
        }
        if method == .get {
            request.query += fields
        } else {
            request.body = .form(fields)
        }
        return try OperatorAnswer(try await transport.send(request))
    }

    /// Asks whether the endpoint's host answers, and nothing of the endpoint, which might do something. The
    /// token stays here.
    ///
    /// - Throws: `providerUnavailable` where it does not answer, or is out of order.
    package func reach(access: Access, over transport: any HTTPTransport) async throws(ProviderError) {
        let response: HTTPResponse
        do throws(ProviderError) {
            response = try await transport.send(request(.head, "/", access))
        } catch {
            // A redirect to somewhere else is an answer too.
            guard let status = error.details["status"]?.integerValue, (300..<400).contains(status) else {
                throw error
            }
            return
        }
        if response.status >= 500 { _ = try response.successful() }
    }

    private func request(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access
    ) -> HTTPRequest {
        HTTPRequest(
            method, scheme: scheme, host: host, port: port, path: path, timeLimit: access.timeLimit,
            verifiesTLS: access.verifiesTLS)
    }
}

extension [HTTPRequest.Field] {
    /// What a function was given, as an operator's endpoint takes it: every member under its own name, and
    /// those of `extra` also beside the others, where none of the others has that name. Whoever may fill in
    /// `extra` may not change by it what the function was given.
    ///
    /// - Parameters:
    ///   - spreadsExtra: whether members of `extra` stand beside the others at all.
    ///   - added: further members, which `extra` cannot replace either.
    package init(
        operatorFields parameters: some Encodable, spreadsExtra: Bool = true,
        adding added: [String: JSONValue] = [:]
    ) throws(ProviderError) {
        var members: [String: JSONValue]
        do {
            members = try JSONValueEncoder.encode(parameters).objectValue ?? [:]
        } catch {
            throw ProviderError(.invalidInput, details: ["problem": .string(JSONValueDecoder.reason(error))])
        }
        let extra = members["extra"]?.objectValue ?? [:]
        members.merge(added) { _, added in added }
        if spreadsExtra { members.merge(extra) { own, _ in own } }
        self.init(bracketed: members)
    }
}
