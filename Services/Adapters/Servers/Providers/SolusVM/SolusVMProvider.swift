import AdapterKit
import Models

/// Servers on a SolusVM 1 master.
///
/// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
struct SolusVMProvider: ServersProvider {
    typealias Configuration = ServersSolusvmContract.Configuration
    static let contract = ServersSolusvmContract.descriptor
    /// When to look again at a server of which nothing could be read right after it was made.
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

    let configuration: Configuration
    let context: ProviderContext
    let api: SolusVMAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
        api = SolusVMAPI(
            hostname: configuration.hostname, port: Int(port: configuration.port, or: SolusVMAPI.usualPort),
            id: configuration.apiID, key: configuration.apiKey, transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        let count = try await api.nodeGroups().count
        return "The master \(configuration.hostname) answers and has \(count) groups of nodes."
    }

    // MARK: Looking things up

    func getInfo(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await info(try await self.server(server.instanceID))
    }

    func getConnection(
        _ wanted: Servers.GetConnectionParameters
    ) async throws(ProviderError) -> Servers.GetConnectionResult {
        let console = try await api.openConsole(of: try ServerNumber.checked(wanted.instanceID))
        return Servers.GetConnectionResult(
            type: "ssh", command: "ssh \(console.username)@\(console.host) -p \(console.port)",
            password: console.password,
            expiresAt: console.lifetime.map { context.clock.now.advanced(by: $0).plainText })
    }

    private func server(_ id: String) async throws(ProviderError) -> SolusVMServer {
        try await api.server(try ServerNumber.checked(id))
    }

    /// The server with the names of what is installed on it, of its plan and of its place.
    func info(_ server: SolusVMServer) async throws(ProviderError) -> Servers.ServerInfo {
        let type = server.type.flatMap { SolusVMType(rawValue: $0.lowercased()) }
        var (image, plan, place) = (String?.none, SolusVMPlan?.none, String?.none)
        if let type {
            image = try await api.templates(type).first { $0.id == server.template }?.label
            plan = try await api.plans(type).first { $0.fits(server) }
        }
        if let node = server.node { place = try await api.place(ofNode: node) }
        return Servers.ServerInfo(
            instanceID: server.id, state: server.state, label: server.hostname ?? server.id,
            hostname: server.hostname, ipAddress: server.address,
            image: image ?? server.template ?? "unknown", size: plan?.name,
            memoryMB: plan == nil ? server.memoryMB ?? 0 : nil,
            cpuCores: plan == nil ? server.cpuCores ?? 0 : nil,
            diskMB: plan == nil ? (server.diskGB ?? 0) * 1_024 : nil,
            location: place ?? server.node ?? "unknown", node: server.node, virtualizationType: server.type)
    }

    // MARK: Changing servers

    func changeRootPassword(
        _ wanted: Servers.ChangeRootPasswordParameters
    ) async throws(ProviderError) -> Servers.ServerInfo {
        let id = try ServerNumber.checked(wanted.instanceID)
        try await api.setRootPassword(wanted.rootPassword, of: id)
        return try await info(try await api.server(id))
    }

    func resize(_ wanted: Servers.ResizeParameters) async throws(ProviderError) -> Servers.ServerInfo {
        let server = try await server(wanted.instanceID)
        guard !server.isOnline || wanted.resizeRunning == true else {
            throw ProviderError(.rejected, "The server has to be shut down first.")
        }
        var info = try await info(server)
        let plan = try await plan(wanted.size, type: try Self.type(server.type))
        try await api.changePlan(of: server.id, to: plan)
        info.size = plan
        (info.memoryMB, info.cpuCores, info.diskMB) = (nil, nil, nil)
        return info
    }

    func reinstall(_ wanted: Servers.ReinstallParameters) async throws(ProviderError) -> Servers.ServerInfo {
        let server = try await server(wanted.instanceID)
        var info = try await info(server)
        let template = try await template(wanted.image, type: try Self.type(server.type))
        try await api.rebuildServer(server.id, template: template.id)
        info.image = template.label
        return info
    }

    func reboot(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await api.power(.reboot, try ServerNumber.checked(server.instanceID))
        var info = try await getInfo(server)
        info.state = "rebooting"
        return info
    }

    func shutdown(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await power(.shutDown, server, unless: "offline", state: "shutting_down")
    }

    func powerOn(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await power(.boot, server, unless: "online", state: "booting")
    }

    /// The server is shut down: what the panel calls suspension is not used.
    func suspend(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        var info = try await shutdown(server)
        info.suspended = true
        return info
    }

    func unsuspend(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        var info = try await powerOn(server)
        info.suspended = false
        return info
    }

    /// - Parameters:
    ///   - done: the state in which nothing is to be done.
    ///   - state: what is told until the panel has worked it off.
    private func power(
        _ action: SolusVMAPI.Power, _ server: Servers.ServerIdentifier, unless done: String, state: String
    ) async throws(ProviderError) -> Servers.ServerInfo {
        var info = try await getInfo(server)
        guard info.state != done else { return info }
        try await api.power(action, info.instanceID)
        info.state = state
        return info
    }
}

extension Int {
    /// A port as a configuration has it; the usual one where it is none.
    init(port: Double?, or usual: Int) {
        self = port.flatMap { (1...65_535).contains($0) ? Int($0) : nil } ?? usual
    }
}
