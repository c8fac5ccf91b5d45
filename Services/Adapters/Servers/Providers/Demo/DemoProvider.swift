import AdapterKit
import Models

/// A simulated cloud: the template for other providers, for the first run, and for tests end to end.
///
/// - SeeAlso: `Simulator` for what it keeps and how it misbehaves.
struct DemoProvider: ServersProvider {
    typealias Configuration = ServersDemoContract.Configuration
    static let contract = ServersDemoContract.descriptor
    static let usualBuildTime = Duration.seconds(2)

    static var functions: ServersFunctions<Self> {
        ServersFunctions(
            create: .init(deferring: Self.create, poll: Self.pollCreate, observe: Self.observeCreate),
            getInfo: .init(Self.getInfo),
            getConnection: .init(Self.getConnection),
            changeRootPassword: .init(Self.changeRootPassword),
            resize: .init(Self.resize),
            reinstall: .init(Self.reinstall, observe: Self.observeReinstall),
            reboot: .init(Self.reboot),
            shutdown: .init(Self.shutdown),
            powerOn: .init(Self.powerOn),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            attachRecoveryISO: .init(Self.attachRecoveryISO),
            detachRecoveryISO: .init(Self.detachRecoveryISO),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    private let hostname: String
    private let buildTime: Duration
    private let cloud: Simulation
    private let clock: any AdapterClock
    private let actionID: ActionID?
    private let secrets: SecretValues

    init(configuration: Configuration, context: ProviderContext) {
        hostname = configuration.hostname ?? "demo.example.com"
        buildTime =
            configuration.buildSeconds.map { .seconds(min(max(0, $0), 86_400)) } ?? Self.usualBuildTime
        cloud = Simulation(context, category: "servers", settings: configuration)
        clock = context.clock
        actionID = context.actionID
        secrets = context.secrets
    }

    func testConnection() async throws(ProviderError) -> String {
        try await cloud.read("testConnection", subject: hostname) { _ in }
        return "The simulated cloud \(hostname) answers."
    }

    // MARK: Building and deleting

    func create(
        _ wanted: Servers.CreateParameters
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        let (actionID, clock, buildTime) = (actionID, clock, buildTime)
        let server = try await cloud.change("create", subject: wanted.label) { cloud in
            let server = DemoServer(
                wanted, id: try cloud.nextServerID(), madeBy: actionID, at: clock.now, buildTime: buildTime)
            try cloud.add(server)
            return server
        }
        return answer(about: server)
    }

    /// Meets no faults but those of looking, so that what was begun is not told to have failed.
    func pollCreate(
        _ wanted: Servers.CreateParameters, id: String
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        switch try await cloud.observe("create", subject: wanted.label, { .done(try $0.existing(id)) }) {
        case .done(let server): return answer(about: server)
        case .notDone, .unknown: return .deferred(reference: id, pollAfter: .seconds(1))
        }
    }

    private func answer(about server: DemoServer) -> ProviderAnswer<Servers.ServerInfo> {
        let now = clock.now
        guard now < server.readyAt else { return .done(server.info(at: now)) }
        return .deferred(reference: server.id, pollAfter: now.duration(to: server.readyAt))
    }

    /// A server is this action's if it carries its id, as a tag would at a real cloud.
    func observeCreate(
        _ wanted: Servers.CreateParameters
    ) async throws(ProviderError) -> Observation<Servers.ServerInfo> {
        let (actionID, clock) = (actionID, clock)
        return try await cloud.observe("create", subject: wanted.label) { cloud in
            try actionID.flatMap { try cloud.server(madeBy: $0) }.map { .done($0.info(at: clock.now)) }
                ?? .notDone
        }
    }

    func terminate(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.TerminateResult
    {
        let actionID = actionID
        try await cloud.change("terminate", subject: server.instanceID) { cloud in
            try cloud.remove(try cloud.existing(server.instanceID), for: actionID)
        }
        return Servers.TerminateResult()
    }

    /// A server that is gone was deleted by this action if the cloud remembers its id with it.
    func observeTerminate(
        _ server: Servers.ServerIdentifier
    ) async throws(ProviderError) -> Observation<Servers.TerminateResult> {
        let actionID = actionID
        return try await cloud.observe("terminate", subject: server.instanceID) { cloud in
            guard let actionID, try cloud.terminator(of: server.instanceID) == actionID else {
                return .notDone
            }
            return .done(Servers.TerminateResult())
        }
    }

    // MARK: Looking things up

    func getInfo(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await existing(server.instanceID, for: "getInfo").info(at: clock.now)
    }

    func getConnection(
        _ wanted: Servers.GetConnectionParameters
    ) async throws(ProviderError) -> Servers.GetConnectionResult {
        let server = try await existing(wanted.instanceID, for: "getConnection")
        let expiry = clock.now.advanced(by: .seconds(3_600)).plainText
        let token = RandomText.letters(24)
        secrets.add(token)
        switch wanted.application ?? "ssh" {
        case "ssh":
            return Servers.GetConnectionResult(type: "ssh", command: "ssh root@\(server.address)")
        case "vnc":
            return Servers.GetConnectionResult(
                type: "vnc",
                vncConnection: Servers.VNCConnection(host: hostname, port: 5_901, password: token),
                expiresAt: expiry)
        case "panel":
            return Servers.GetConnectionResult(
                type: "redirect", redirectURL: "https://\(hostname)/servers/\(server.id)/login/\(token)",
                expiresAt: expiry)
        case "form":
            return Servers.GetConnectionResult(
                type: "form_post",
                formPost: Servers.FormPost(
                    url: "https://\(hostname)/login",
                    params: ["server": .string(server.id), "token": .string(token)]),
                expiresAt: expiry)
        default: throw ProviderError(.unsupported, "There is no such way into the server.")
        }
    }

    private func existing(_ id: String, for function: String) async throws(ProviderError) -> DemoServer {
        try await cloud.read(function, subject: id) { try $0.existing(id) }
    }

    // MARK: Changing servers

    func changeRootPassword(
        _ wanted: Servers.ChangeRootPasswordParameters
    ) async throws(ProviderError) -> Servers.ServerInfo {
        try await change("changeRootPassword", wanted.instanceID) { _ in }
    }

    func resize(_ wanted: Servers.ResizeParameters) async throws(ProviderError) -> Servers.ServerInfo {
        try await change("resize", wanted.instanceID) { server in
            guard !server.isRunning || wanted.resizeRunning == true else {
                throw ProviderError(.rejected, "The server has to be shut down first.")
            }
            server.size = wanted.size
            server.memoryMB = wanted.memoryMB
            server.cpuCores = wanted.cpuCores
            server.diskMB = wanted.diskMB
        }
    }

    func reinstall(_ wanted: Servers.ReinstallParameters) async throws(ProviderError) -> Servers.ServerInfo {
        let actionID = actionID
        return try await change("reinstall", wanted.instanceID) { server in
            server.image = wanted.image
            server.reinstalledBy = actionID
            server.isRunning = true
        }
    }

    func observeReinstall(
        _ wanted: Servers.ReinstallParameters
    ) async throws(ProviderError) -> Observation<Servers.ServerInfo> {
        let (actionID, clock) = (actionID, clock)
        return try await cloud.observe("reinstall", subject: wanted.instanceID) { cloud in
            guard let actionID, let server = try cloud.server(wanted.instanceID),
                server.reinstalledBy == actionID
            else { return .notDone }
            return .done(server.info(at: clock.now))
        }
    }

    func reboot(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await change("reboot", server.instanceID) { server in
            guard server.isRunning else { throw ProviderError(.rejected, "The server is off.") }
        }
    }

    func shutdown(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await change("shutdown", server.instanceID) { $0.isRunning = false }
    }

    func powerOn(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await change("powerOn", server.instanceID) { $0.isRunning = true }
    }

    func suspend(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await change("suspend", server.instanceID, evenSuspended: true) { server in
            server.isRunning = false
            server.isSuspended = true
        }
    }

    func unsuspend(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await change("unsuspend", server.instanceID, evenSuspended: true) { server in
            server.isRunning = server.isRunning || server.isSuspended
            server.isSuspended = false
        }
    }

    func attachRecoveryISO(
        _ server: Servers.ServerIdentifier
    ) async throws(ProviderError) -> Servers.ServerInfo {
        try await change("attachRecoveryIso", server.instanceID) { $0.hasRecoveryISO = true }
    }

    func detachRecoveryISO(
        _ server: Servers.ServerIdentifier
    ) async throws(ProviderError) -> Servers.ServerInfo {
        try await change("detachRecoveryIso", server.instanceID) { $0.hasRecoveryISO = false }
    }

    /// - Parameter evenSuspended: whether a suspended server takes the change.
    private func change(
        _ function: String, _ id: String, evenSuspended: Bool = false,
        _ change: @escaping @Sendable (inout DemoServer) throws -> Void
    ) async throws(ProviderError) -> Servers.ServerInfo {
        let clock = clock
        return try await cloud.change(function, subject: id) { cloud in
            var server = try cloud.existing(id)
            let now = clock.now
            if !(evenSuspended && server.isSuspended) { try server.requireUsable(at: now) }
            try change(&server)
            server.updatedAt = now
            try cloud.put(server)
            return server.info(at: now)
        }
    }
}

extension ServersDemoContract.Configuration: SimulatorSettings {}
