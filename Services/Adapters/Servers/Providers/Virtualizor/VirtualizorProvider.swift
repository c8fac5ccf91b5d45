import AdapterKit
import Models

/// Servers on a Virtualizor master.
///
/// - SeeAlso: https://www.virtualizor.com/docs/admin-api/
struct VirtualizorProvider: ServersProvider {
    typealias Configuration = ServersVirtualizorContract.Configuration
    static let contract = ServersVirtualizorContract.descriptor
    /// Where customers sign in.
    static let customerPort = 4_083
    /// How long to wait between two looks at a server that is being built.
    static let pollAfter = Duration.seconds(10)

    static var functions: ServersFunctions<Self> {
        ServersFunctions(
            create: .init(deferring: Self.create, poll: Self.pollCreate, observe: Self.observeCreate),
            getInfo: .init(Self.getInfo),
            getConnection: .init(Self.getConnection),
            changeRootPassword: .init(Self.changeRootPassword),
            resize: .init(Self.resize),
            reinstall: .init(Self.reinstall),
            reboot: .init(Self.reboot),
            shutdown: .init(Self.shutdown),
            powerOn: .init(Self.powerOn),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    private let configuration: Configuration
    private let context: ProviderContext
    private let api: VirtualizorAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
        api = VirtualizorAPI(
            hostname: configuration.hostname,
            port: Int(port: configuration.port, or: VirtualizorAPI.usualPort), key: configuration.apiKey,
            password: configuration.apiPassword, verifiesTLS: configuration.ignoreSslErrors != true,
            transport: context.transport, secrets: context.secrets)
    }

    func testConnection() async throws(ProviderError) -> String {
        let count = try await api.serverGroupCount()
        return "The master \(configuration.hostname) answers and has \(count) groups of servers."
    }

    // MARK: Building

    func create(
        _ wanted: Servers.CreateParameters
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        let type = wanted.virtualizationType ?? configuration.defaultVirtualizationType ?? "kvm"
        let plan = try await plan(wanted.size, type: type)
        let template = try await template(wanted.image, type: type)
        let place = try await place(wanted.location)
        let password = wanted.rootPassword ?? newPassword()
        let user: [HTTPRequest.Field] =
            if let id = wanted.customerIdentifier {
                [.init("uid", id)]
            } else {
                [.init("user_email", wanted.email), .init("user_pass", password)]
            }
        let id = try await api.createServer(
            [.init("virt", type)] + place
                + [.init("plid", plan.id), .init("osid", template.id), .init("hostname", wanted.label)]
                + user + [.init("rootpass", password)])
        return try await .taken(as: id, pollAfter: Self.pollAfter) { () async throws(ProviderError) in
            let server = try await api.server(id)
            // A server that runs is past being built, though the panel may still be at work in it.
            guard server.status == .on else { return .deferred(reference: id, pollAfter: Self.pollAfter) }
            return .done(server.info(state: "Creating"))
        }
    }

    /// Asks after the panel's own work, since a server that is off may be built or not.
    ///
    /// - Throws: `rejected` where the panel says that building it failed.
    func pollCreate(
        _ wanted: Servers.CreateParameters, id: String
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        switch try await api.creationTask(of: id)?.progress {
        case .running: return .deferred(reference: id, pollAfter: Self.pollAfter)
        case .failed:
            throw ProviderError(
                .rejected, "The server could not be built.", details: ["instance_id": .string(id)],
                mayHaveTakenEffect: true)
        case .ended, nil: return .done(try await api.server(id).info())
        }
    }

    /// A server is this action's if it has the host name wanted and is not older than the action.
    func observeCreate(
        _ wanted: Servers.CreateParameters
    ) async throws(ProviderError) -> Observation<Servers.ServerInfo> {
        let named = try await api.servers(hostname: wanted.label)
        switch OwnServer.among(named, for: context.actionID, createdAt: \.createdAt) {
        case .done(let server):
            guard try await api.creationTask(of: server.id)?.progress != .failed else { return .unknown }
            return .done(try await api.server(server.id).info())
        case .notDone: return .notDone
        case .unknown: return .unknown
        }
    }

    // MARK: Deleting

    func terminate(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.TerminateResult
    {
        try await api.deleteServer(try ServerNumber.checked(server.instanceID))
        return Servers.TerminateResult()
    }

    func observeTerminate(
        _ server: Servers.ServerIdentifier
    ) async throws(ProviderError) -> Observation<Servers.TerminateResult> {
        do throws(ProviderError) {
            _ = try await self.server(server.instanceID)
            return .notDone
        } catch {
            guard error.kind == .notFound else { throw error }
            return .done(Servers.TerminateResult())
        }
    }

    // MARK: Looking things up

    func getInfo(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await self.server(server.instanceID).info()
    }

    func getConnection(
        _ wanted: Servers.GetConnectionParameters
    ) async throws(ProviderError) -> Servers.GetConnectionResult {
        guard wanted.application ?? "virtualizor" == "virtualizor" else {
            throw ProviderError(.unsupported, "There is no such way into the server.")
        }
        let id = try ServerNumber.checked(wanted.instanceID)
        let (session, token) = try await api.signOn(to: id)
        context.secrets.add(session)
        context.secrets.add(token)
        let page = HTTPRequest(
            .get, host: configuration.hostname, port: Self.customerPort, path: "/\(token)/",
            query: [.init("as", session), .init("svs", id)])
        return Servers.GetConnectionResult(type: "redirect", redirectURL: page.url)
    }

    private func server(_ id: String) async throws(ProviderError) -> VirtualizorServer {
        try await api.server(try ServerNumber.checked(id))
    }

    // MARK: Changing servers

    func changeRootPassword(
        _ wanted: Servers.ChangeRootPasswordParameters
    ) async throws(ProviderError) -> Servers.ServerInfo {
        let id = try ServerNumber.checked(wanted.instanceID)
        try await api.setRootPassword(wanted.rootPassword, of: id)
        return try await api.server(id).info()
    }

    func resize(_ wanted: Servers.ResizeParameters) async throws(ProviderError) -> Servers.ServerInfo {
        let server = try await server(wanted.instanceID)
        guard server.status != .on || wanted.resizeRunning == true else {
            throw ProviderError(.rejected, "The server has to be shut down first.")
        }
        let plan = try await plan(wanted.size, type: server.virtualizationType ?? "kvm")
        try await api.changePlan(of: server.id, to: plan.id)
        var info = server.info()
        info.size = plan.name
        return info
    }

    func reinstall(_ wanted: Servers.ReinstallParameters) async throws(ProviderError) -> Servers.ServerInfo {
        let server = try await server(wanted.instanceID)
        let template = try await template(wanted.image, type: server.virtualizationType ?? "kvm")
        try await api.rebuildServer(
            server.id, template: template.id, password: wanted.rootPassword ?? newPassword())
        var info = server.info(state: "Rebuilding")
        info.image = template.name
        return info
    }

    func reboot(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        let server = try await self.server(server.instanceID)
        try await api.power(.restart, server.id)
        return server.info(state: "Restarting")
    }

    func shutdown(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        let server = try await self.server(server.instanceID)
        guard server.status != .off else { return server.info() }
        try await api.power(.stop, server.id)
        return server.info(state: "Stopping")
    }

    func powerOn(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        let server = try await self.server(server.instanceID)
        guard server.status != .on else { return server.info() }
        try await api.power(.start, server.id)
        return server.info(state: "Starting")
    }

    func suspend(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        let id = try ServerNumber.checked(server.instanceID)
        try await api.suspendServer(id)
        var info = try await api.server(id).info()
        info.suspended = true
        return info
    }

    func unsuspend(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        let id = try ServerNumber.checked(server.instanceID)
        try await api.unsuspendServer(id)
        var info = try await api.server(id).info()
        info.suspended = false
        return info
    }

    // MARK: What is offered

    private func plan(
        _ name: String?, type: String
    ) async throws(ProviderError) -> (id: String, name: String) {
        guard let name else {
            throw ProviderError(.invalidInput, "Servers are sold by size here; a size is needed.")
        }
        guard let plan = try await api.plan(name, type: type) else {
            throw ProviderError(
                .invalidInput, "This size is not offered at the moment.", details: ["plan": .string(name)])
        }
        return plan
    }

    private func template(
        _ name: String, type: String
    ) async throws(ProviderError) -> (id: String, name: String) {
        guard let template = try await api.template(name, type: type) else {
            throw ProviderError(
                .invalidInput, "This image is not offered at the moment.", details: ["image": .string(name)])
        }
        return template
    }

    /// The fields that say where to build.
    private func place(_ name: String) async throws(ProviderError) -> [HTTPRequest.Field] {
        let fields: [HTTPRequest.Field]?
        switch configuration.locationType {
        case "server_group":
            fields = try await api.serverGroup(name).map {
                [.init("node_select", "1"), .init("server_group", $0)]
            }
        case "server":
            fields = try await api.machine { id, machine in id == name || machine.name == name }
                .map { [.init("node_select", "0"), .init("serid", $0)] }
        default:
            fields = try await api.machine { _, machine in machine.stands(in: name) }
                .map { [.init("node_select", "0"), .init("serid", $0)] }
        }
        guard let fields else {
            throw ProviderError(
                .invalidInput, "This location is not offered at the moment.",
                details: ["location": .string(name)])
        }
        return fields
    }

    private func newPassword() -> String {
        let password = RandomText.password()
        context.secrets.add(password)
        return password
    }
}

extension VirtualizorServer {
    /// The server with a state that it is in until the panel has worked off what was asked.
    fileprivate func info(state: String) -> Servers.ServerInfo {
        var info = info()
        info.state = state
        return info
    }
}
