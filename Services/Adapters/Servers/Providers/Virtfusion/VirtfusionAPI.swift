import AdapterKit
import Models

/// The panel's global API: one method an endpoint. The token goes in a header.
///
/// - SeeAlso: https://docs.virtfusion.com/api
struct VirtfusionAPI: Sendable {
    /// Pages of 200 servers that are looked through at most.
    static let pageLimit = 25

    let hostname: String
    let token: String
    let timeLimit: Duration
    let transport: any HTTPTransport

    /// Proves that the token is right.
    ///
    /// - SeeAlso: https://docs.virtfusion.com/api/testConnection/
    func connect() async throws(ProviderError) {
        try await send(.get, "/connect")
    }

    // MARK: Customers

    /// Makes a customer, who is told by mail.
    ///
    /// - Returns: the customer's id at the panel.
    /// - SeeAlso: https://docs.virtfusion.com/api/createUser/
    func createUser(name: String, email: String, relationID: Int?) async throws(ProviderError) -> String {
        var body: [String: JSONValue] = [
            "name": .string(name), "email": .string(email), "sendMail": true,
        ]
        if let relationID { body["extRelationId"] = .integer(relationID) }
        return try Self.id(in: try await send(.post, "/users", body: .object(body)))
    }

    /// The id of the customer who has a number in the billing system; nil where there is none.
    ///
    /// - SeeAlso: https://docs.virtfusion.com/api/getUserByExtRelation/
    func user(relationID: Int) async throws(ProviderError) -> String? {
        try await optional("/users/\(relationID)/byExtRelation")?["data"]?["id"]?.lenientText
    }

    /// The ids of a customer's SSH keys that are in use.
    ///
    /// - SeeAlso: https://docs.virtfusion.com/api/tags/users/
    func sshKeys(of user: String) async throws(ProviderError) -> [JSONValue] {
        try await list("/ssh_keys/user/\(user)").filter { $0["enabled"]?.lenientFlag ?? true }
            .compactMap { $0["id"] }
    }

    /// A path at the panel that signs a customer in to a server's page. It works once and for a short while.
    ///
    /// - SeeAlso: https://docs.virtfusion.com/api/tags/users/
    func signOnPath(relationID: String, server: String) async throws(ProviderError) -> String {
        let answer = try await send(
            .post, "/users/\(relationID)/serverAuthenticationTokens/\(server)", isChanging: false)
        let path = try answer.json()["data"]?["authentication"]?["endpoint_complete"]?.lenientText
        guard let path, path.hasPrefix("/") else { throw answer.unreadable("has no path to sign in at") }
        return path
    }

    // MARK: What is offered

    /// - SeeAlso: https://docs.virtfusion.com/api/listPackages/
    func packages() async throws(ProviderError) -> [VirtfusionOffer] {
        try await list("/packages").compactMap(VirtfusionOffer.init)
    }

    /// - SeeAlso: https://docs.virtfusion.com/api/tags/hypervisor-groups/
    func hypervisorGroups() async throws(ProviderError) -> [VirtfusionOffer] {
        try await list("/compute/hypervisors/groups").compactMap(VirtfusionOffer.init)
    }

    /// What can be installed on servers of a package.
    ///
    /// - SeeAlso: https://docs.virtfusion.com/api/tags/packages/
    func templates(package: String) async throws(ProviderError) -> [VirtfusionTemplate] {
        Self.templates(in: try await list("/media/templates/fromServerPackageSpec/\(package)"))
    }

    /// What can be installed on a server.
    ///
    /// - SeeAlso: https://docs.virtfusion.com/api/tags/servers/
    func templates(server: String) async throws(ProviderError) -> [VirtfusionTemplate] {
        Self.templates(in: try await list("/servers/\(server)/templates"))
    }

    private static func templates(in groups: [JSONValue]) -> [VirtfusionTemplate] {
        groups.flatMap { $0["templates"]?.arrayValue ?? [] }.compactMap(VirtfusionTemplate.init)
    }

    // MARK: Servers

    /// - Parameter withState: whether its machine is asked what it does, which takes longer.
    /// - Throws: `notFound` where there is none.
    /// - SeeAlso: https://docs.virtfusion.com/api/tags/servers/
    func server(_ id: String, withState: Bool) async throws(ProviderError) -> VirtfusionServer {
        let answer = try await send(
            .get, "/servers/\(id)", query: [.init("remoteState", withState ? "true" : "false")])
        guard let server = VirtfusionServer(try answer.json()["data"] ?? .null) else {
            throw answer.unreadable("has no server")
        }
        return server
    }

    /// A customer's servers. When they were made is not told here.
    ///
    /// - SeeAlso: https://docs.virtfusion.com/api/tags/servers/
    func servers(of user: String) async throws(ProviderError) -> [VirtfusionServer] {
        try await list("/servers/user/\(user)").compactMap(VirtfusionServer.init)
    }

    /// All servers of the panel; nil where there are more than can be looked through.
    ///
    /// - SeeAlso: https://docs.virtfusion.com/api/tags/servers/
    func allServers() async throws(ProviderError) -> [VirtfusionServer]? {
        var servers: [VirtfusionServer] = []
        for page in 1...Self.pageLimit {
            let answer = try await send(
                .get, "/servers", query: [.init("results", "200"), .init("page", String(page))])
            let body = try answer.json()
            guard let data = body["data"]?.arrayValue else { throw answer.unreadable("has no list") }
            servers += data.compactMap(VirtfusionServer.init)
            if page >= body["last_page"]?.wholeNumber ?? 1 { return servers }
        }
        return nil
    }

    /// Makes a server, which has no name and nothing installed on it until it is built.
    ///
    /// - Parameter group: id of the group of hypervisors.
    /// - Returns: its id.
    /// - SeeAlso: https://docs.virtfusion.com/api/createServer/
    func createServer(user: String, package: String, group: String) async throws(ProviderError) -> String {
        let answer = try await send(
            .post, "/servers",
            body: [
                "userId": .id(user), "packageId": .id(package), "ipv4": 1, "hypervisorId": .string(group),
            ])
        return try Self.id(in: answer)
    }

    /// Installs an operating system, which wipes the server. The panel does it in its queue.
    ///
    /// - SeeAlso: https://docs.virtfusion.com/api/buildServer/
    func buildServer(
        _ id: String, name: String, template: String, sshKeys: [JSONValue]
    ) async throws(ProviderError) {
        try await send(
            .post, "/servers/\(id)/build",
            body: [
                "name": .string(name), "hostname": .string(name), "operatingSystemId": .id(template),
                "sshKeys": .array(sshKeys),
            ])
    }

    /// - SeeAlso: https://docs.virtfusion.com/api/tags/servers/
    func changePackage(of id: String, to package: String) async throws(ProviderError) {
        try await send(.put, "/servers/\(id)/package/\(package)")
    }

    /// Picks a new password of root and mails it to the owner.
    ///
    /// - Returns: the password, where the panel tells it.
    /// - SeeAlso: https://docs.virtfusion.com/api/tags/servers/
    func resetPassword(of id: String) async throws(ProviderError) -> String? {
        let answer = try await send(.post, "/servers/\(id)/resetPassword", body: ["user": "root"])
        // What the answer holds is of no use here but to be kept out of logs.
        return (try? answer.json())?["data"]?["expectedPassword"]?.lenientText
    }

    enum PowerAction: String, Sendable {
        case boot, shutdown, restart
    }

    /// - SeeAlso: https://docs.virtfusion.com/api/tags/servers/
    func power(_ action: PowerAction, _ id: String) async throws(ProviderError) {
        try await send(.post, "/servers/\(id)/power/\(action.rawValue)")
    }

    /// - SeeAlso: https://docs.virtfusion.com/api/tags/servers/
    func suspendServer(_ id: String) async throws(ProviderError) {
        try await send(.post, "/servers/\(id)/suspend")
    }

    /// - SeeAlso: https://docs.virtfusion.com/api/tags/servers/
    func unsuspendServer(_ id: String) async throws(ProviderError) {
        try await send(.post, "/servers/\(id)/unsuspend")
    }

    /// Deletes a server and its data, without the panel's time for second thoughts.
    ///
    /// - SeeAlso: https://docs.virtfusion.com/api/tags/servers/
    func deleteServer(_ id: String) async throws(ProviderError) {
        try await send(.delete, "/servers/\(id)", query: [.init("delay", "0")])
    }
}

// MARK: Calls

extension VirtfusionAPI {
    private static func id(in answer: HTTPResponse) throws(ProviderError) -> String {
        guard let id = try answer.json()["data"]?["id"]?.lenientText else {
            throw answer.unreadable("has no id")
        }
        return id
    }

    private func list(_ path: String) async throws(ProviderError) -> [JSONValue] {
        let answer = try await send(.get, path)
        guard let data = try answer.json()["data"]?.arrayValue else { throw answer.unreadable("has no list") }
        return data
    }

    /// What is at the path; nil where there is nothing.
    private func optional(_ path: String) async throws(ProviderError) -> JSONValue? {
        do throws(ProviderError) {
            return try await send(.get, path).json()
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }

    @discardableResult
    private func send(
        _ method: HTTPRequest.Method, _ path: String, query: [HTTPRequest.Field] = [],
        body: JSONValue? = nil, isChanging: Bool? = nil
    ) async throws(ProviderError) -> HTTPResponse {
        let answer = try await transport.send(
            HTTPRequest(
                method, host: hostname, path: "/api/v1" + path, query: query,
                headers: [
                    .init("Accept", "application/json"), .init("Authorization", "Bearer \(token)"),
                ], body: body.map { .json($0) } ?? .none, isChanging: isChanging, timeLimit: timeLimit))
        guard answer.errorKind != nil else { return answer }
        throw Self.refusal(answer)
    }

    /// What a refusal means. The one place where this is decided.
    private static func refusal(_ answer: HTTPResponse) -> ProviderError {
        var error = ProviderError(.internal)
        do throws(ProviderError) {
            _ = try answer.successful()
        } catch let failure {
            error = failure
        }
        // A refused token is answered without a body, a failure of the web server with a page.
        if let body = try? answer.json() {
            for name in ["msg", "message", "errors"] where body[name] != nil {
                error.details[name] = body[name]
            }
        }
        switch answer.status {
        case 409, 423: error.kind = .rejected  // The server's state stands against it.
        case 422: error.kind = .invalidInput
        default: return error
        }
        error.message = error.kind.customerMessage
        return error
    }
}
