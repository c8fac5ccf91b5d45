import AdapterKit
import Models

/// Servers on a VirtFusion control panel.
///
/// - SeeAlso: https://docs.virtfusion.com/api
struct VirtfusionProvider: ServersProvider {
    typealias Configuration = ServersVirtfusionContract.Configuration
    static let contract = ServersVirtfusionContract.descriptor
    /// How long to wait between two looks at a server that is being built.
    static let pollAfter = Duration.seconds(10)

    static var functions: ServersFunctions<Self> {
        ServersFunctions(
            create: .init(deferring: Self.create, poll: Self.pollCreate, observe: Self.observeCreate),
            getInfo: .init(Self.getInfo),
            getConnection: .init(Self.getConnection),
            changeRootPassword: .init(Self.changeRootPassword),
            resize: .init(Self.resize),
            reinstall: .init(deferring: Self.reinstall, poll: Self.pollReinstall),
            reboot: .init(Self.reboot),
            shutdown: .init(Self.shutdown),
            powerOn: .init(Self.powerOn),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    let hostname: String
    let context: ProviderContext
    let api: VirtfusionAPI

    init(configuration: Configuration, context: ProviderContext) {
        hostname = configuration.hostname
        self.context = context
        api = VirtfusionAPI(
            hostname: configuration.hostname, token: configuration.apiToken,
            timeLimit: .seconds(configuration.timeout ?? 60), transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        try await api.connect()
        return "The control panel \(hostname) takes the token."
    }

    // MARK: Looking things up

    func getInfo(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await info(try ServerNumber.checked(server.instanceID))
    }

    func getConnection(
        _ wanted: Servers.GetConnectionParameters
    ) async throws(ProviderError) -> Servers.GetConnectionResult {
        let server = try await api.server(try ServerNumber.checked(wanted.instanceID), withState: false)
        guard let relationID = server.ownerRelationID, ServerNumber.isNumber(relationID) else {
            throw ProviderError(
                .rejected, "Nobody can be signed in to this server.",
                details: ["problem": "The server's owner has no external relation id."])
        }
        let path = try await api.signOnPath(relationID: relationID, server: server.id)
        return Servers.GetConnectionResult(type: "redirect", redirectURL: "https://\(hostname)\(path)")
    }

    func info(_ id: String) async throws(ProviderError) -> Servers.ServerInfo {
        try await info(try await api.server(id, withState: true))
    }

    /// The server with the name of what is installed on it.
    func info(_ server: VirtfusionServer) async throws(ProviderError) -> Servers.ServerInfo {
        let templates = try await api.templates(server: server.id)
        return server.info(image: templates.first { $0.id == server.templateID }?.title)
    }

    // MARK: Changing servers

    func changeRootPassword(
        _ wanted: Servers.ChangeRootPasswordParameters
    ) async throws(ProviderError) -> Servers.ServerInfo {
        let id = try ServerNumber.checked(wanted.instanceID)
        if let password = try await api.resetPassword(of: id) { context.secrets.add(password) }
        return try await info(id)
    }

    func resize(_ wanted: Servers.ResizeParameters) async throws(ProviderError) -> Servers.ServerInfo {
        let id = try ServerNumber.checked(wanted.instanceID)
        try await api.changePackage(of: id, to: try await package(wanted.size))
        return try await info(id)
    }

    func reboot(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        let id = try ServerNumber.checked(server.instanceID)
        try await api.power(.restart, id)
        return try await info(id)
    }

    func shutdown(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await power(.shutdown, server, state: "Stopping")
    }

    func powerOn(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await power(.boot, server, state: "Starting")
    }

    /// The panel works its queue off later, so that a look would show the state before.
    private func power(
        _ action: VirtfusionAPI.PowerAction, _ server: Servers.ServerIdentifier, state: String
    ) async throws(ProviderError) -> Servers.ServerInfo {
        var info = try await getInfo(server)
        try await api.power(action, info.instanceID)
        info.state = state
        return info
    }

    func suspend(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        let id = try ServerNumber.checked(server.instanceID)
        try await api.suspendServer(id)
        var info = try await info(id)
        info.suspended = true
        return info
    }

    func unsuspend(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        let id = try ServerNumber.checked(server.instanceID)
        try await api.unsuspendServer(id)
        var info = try await info(id)
        info.suspended = false
        return info
    }

    // MARK: What is offered

    /// The id of a package, given by id or by name.
    func package(_ name: String?) async throws(ProviderError) -> String {
        guard let name else {
            throw ProviderError(.invalidInput, "Servers are sold by size here; a size is needed.")
        }
        if ServerNumber.isNumber(name) { return name }
        guard let package = try await api.packages().first(where: { $0.name == name }) else {
            throw ProviderError(
                .invalidInput, "This size is not offered at the moment.", details: ["package": .string(name)])
        }
        return package.id
    }

    /// The id of a template among those offered, given by id or by title.
    func template(
        _ name: String, among offered: () async throws(ProviderError) -> [VirtfusionTemplate]
    ) async throws(ProviderError) -> String {
        if ServerNumber.isNumber(name) { return name }
        let wanted = name.lowercased()
        guard let template = try await offered().first(where: { $0.title.lowercased() == wanted }) else {
            throw ProviderError(
                .invalidInput, "This image is not offered at the moment.", details: ["image": .string(name)])
        }
        return template.id
    }
}
