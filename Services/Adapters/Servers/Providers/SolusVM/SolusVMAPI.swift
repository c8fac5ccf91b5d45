import AdapterKit
import Models

/// The admin API of a SolusVM 1 master: one method an action. All of them are POST requests to one address; id and
/// key go in the body.
///
/// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
struct SolusVMAPI: Sendable {
    static let usualPort = 5_656
    /// How long making, wiping or deleting a server may take: the panel answers when it has begun.
    static let longTimeLimit = Duration.seconds(180)

    let hostname: String
    let port: Int
    let id: String
    let key: String
    let transport: any HTTPTransport

    // MARK: What is offered

    /// Templates of a type: file name and label.
    ///
    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func templates(_ type: SolusVMType) async throws(ProviderError) -> [SolusVMEntry] {
        let answer = try await read(
            "listtemplates", [.init("type", type.rawValue), .init("listpipefriendly", "1")])
        return SolusVMEntry.list(answer[type.templatesKey])
    }

    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func plans(_ type: SolusVMType) async throws(ProviderError) -> [SolusVMPlan] {
        try await read("list-plans", [.init("type", type.rawValue)])["plans"]?.members
            .compactMap(SolusVMPlan.init) ?? []
    }

    /// Groups of nodes: id and name.
    ///
    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func nodeGroups() async throws(ProviderError) -> [SolusVMEntry] {
        SolusVMEntry.list(try await read("listnodegroups")["nodegroups"])
    }

    /// The ids of all nodes of a type.
    ///
    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func nodeIDs(_ type: SolusVMType) async throws(ProviderError) -> [String] {
        SolusVMEntry.list(try await read("node-idlist", [.init("type", type.rawValue)])["nodes"]).map(\.id)
    }

    /// Where a node stands, as in `London, United Kingdom`; nil where that was not entered.
    ///
    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func place(ofNode node: String) async throws(ProviderError) -> String? {
        let answer = try await read("node-statistics", [.init("nodeid", node)])
        let parts = [answer["city"], answer["country"]].compactMap { $0?.lenientText }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    // MARK: Clients

    /// - Throws: `alreadyExists` where the name is taken.
    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func createClient(username: String, email: String, password: String) async throws(ProviderError) {
        try await change(
            "client-create",
            [.init("username", username), .init("email", email), .init("password", password)])
    }

    // MARK: Servers

    struct NewServer: Sendable {
        var type: SolusVMType
        var username: String
        var hostname: String
        var plan: String
        var template: String
        var password: String
        /// `node` or `nodegroup`, and which.
        var place: HTTPRequest.Field
    }

    /// Makes a server, with one address.
    ///
    /// - Returns: its id.
    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func createServer(_ server: NewServer) async throws(ProviderError) -> String {
        let (body, answer) = try await send(
            "vserver-create",
            [
                .init("type", server.type.rawValue), .init("username", server.username),
                .init("hostname", server.hostname), .init("plan", server.plan),
                .init("template", server.template), .init("password", server.password),
                .init("ips", "1"), server.place,
            ], isChanging: true, timeLimit: Self.longTimeLimit)
        guard let id = body["vserverid"]?.lenientText else { throw answer.unreadable("has no server id") }
        return id
    }

    /// A server's state and what it consists of.
    ///
    /// - Throws: `notFound` where there is none.
    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func server(_ id: String) async throws(ProviderError) -> SolusVMServer {
        let state = try await read("vserver-infoall", [.init("vserverid", id), .init("nographs", "1")])
        return SolusVMServer(
            id: id, state: state, details: try await read("vserver-info", [.init("vserverid", id)]))
    }

    /// Whether there is a server of this id.
    ///
    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func hasServer(_ id: String) async throws(ProviderError) -> Bool {
        do throws(ProviderError) {
            _ = try await read("vserver-info", [.init("vserverid", id)])
            return true
        } catch {
            guard error.kind == .notFound else { throw error }
            return false
        }
    }

    /// The host names of a node's servers. When they were made is not told.
    ///
    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func hostnames(onNode node: String) async throws(ProviderError) -> [String] {
        let servers = try await read("node-virtualservers", [.init("nodeid", node)])["virtualservers"]
        // One server alone may come without a list around it.
        let entries = servers?["vserverid"] == nil ? servers?.members ?? [] : [servers ?? .null]
        return entries.compactMap { $0["hostname"]?.lenientText }
    }

    enum Power: String, Sendable {
        case boot = "vserver-boot"
        case shutDown = "vserver-shutdown"
        case reboot = "vserver-reboot"
    }

    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func power(_ action: Power, _ id: String) async throws(ProviderError) {
        try await change(action.rawValue, [.init("vserverid", id)])
    }

    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func setRootPassword(_ password: String, of id: String) async throws(ProviderError) {
        try await change(
            "vserver-rootpassword", [.init("vserverid", id), .init("rootpassword", password)])
    }

    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func changePlan(of id: String, to plan: String) async throws(ProviderError) {
        try await change("vserver-change", [.init("vserverid", id), .init("plan", plan)])
    }

    /// Wipes a server and installs a template.
    ///
    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func rebuildServer(_ id: String, template: String) async throws(ProviderError) {
        try await change(
            "vserver-rebuild", [.init("vserverid", id), .init("template", template)],
            timeLimit: Self.longTimeLimit)
    }

    /// Deletes a server and its data for good; its client stays.
    ///
    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func terminateServer(_ id: String) async throws(ProviderError) {
        try await change(
            "vserver-terminate", [.init("vserverid", id), .init("deleteclient", "0")],
            timeLimit: Self.longTimeLimit)
    }

    /// Opens a server's console for an hour.
    ///
    /// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
    func openConsole(of id: String) async throws(ProviderError) -> SolusVMConsole {
        let (body, answer) = try await send(
            "vserver-console",
            [.init("vserverid", id), .init("time", "1"), .init("access", "enable")], isChanging: true)
        guard let console = SolusVMConsole(body) else { throw answer.unreadable("has no console") }
        return console
    }
}

// MARK: Calls

extension SolusVMAPI {
    private func read(
        _ action: String, _ fields: [HTTPRequest.Field] = []
    ) async throws(ProviderError) -> JSONValue {
        try await send(action, fields, isChanging: false).body
    }

    private func change(
        _ action: String, _ fields: [HTTPRequest.Field], timeLimit: Duration = .seconds(60)
    ) async throws(ProviderError) {
        _ = try await send(action, fields, isChanging: true, timeLimit: timeLimit)
    }

    private func send(
        _ action: String, _ fields: [HTTPRequest.Field], isChanging: Bool,
        timeLimit: Duration = .seconds(60)
    ) async throws(ProviderError) -> (body: JSONValue, answer: HTTPResponse) {
        let own: [HTTPRequest.Field] = [
            .init("id", id), .init("key", key), .init("action", action), .init("rdtype", "json"),
        ]
        let answer = try await transport.send(
            HTTPRequest(
                .post, host: hostname, port: port, path: "/api/admin/command.php",
                headers: [.init("Accept", "application/json")], body: .form(fields + own),
                isChanging: isChanging, timeLimit: timeLimit))
        let body = try answer.successful().json()
        switch body["status"]?.lenientText {
        case "success": return (body, answer)
        case "error": throw Self.refusal(body["statusmsg"]?.lenientText ?? "", action)
        default: throw answer.unreadable("has no status").adding("action", .string(action))
        }
    }

    /// What a refusal means; the panel tells reasons in sentences only. The one place where this is decided.
    private static func refusal(_ reason: String, _ action: String) -> ProviderError {
        let text = reason.lowercased()
        func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }
        let kind: ErrorKind =
            if says("invalid ipaddress", "invalid ip address", "invalid id", "invalid key", "access denied") {
                .unauthorized
            } else if says("not found", "does not exist", "doesn't exist", "no such") {
                .notFound
            } else if says("already", "is taken", "exists") {
                .alreadyExists
            } else if says("invalid", "missing", "not valid", "required") {
                .invalidInput
            } else {
                .rejected
            }
        return ProviderError(kind, details: ["action": .string(action), "reason": .string(reason)])
    }
}

extension JSONValue {
    /// The elements of a list, or the values of an object: the panel writes lists as either.
    fileprivate var members: [JSONValue] { arrayValue ?? objectValue.map { Array($0.values) } ?? [] }
}
