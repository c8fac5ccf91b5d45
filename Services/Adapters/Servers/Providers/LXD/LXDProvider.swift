import AdapterKit
import Models

/// Servers on LXD.
///
/// An instance carries the action that built it among its settings, so that a repeat finds it and never takes
/// somebody else's for its own.
///
/// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/rest-api/
struct LXDProvider: ServersProvider {
    typealias Configuration = ServersLxdContract.Configuration
    static let contract = ServersLxdContract.descriptor

    static var functions: ServersFunctions<Self> {
        ServersFunctions(
            create: .init(deferring: Self.create, poll: Self.pollCreate, observe: Self.observeCreate),
            getInfo: .init(Self.getInfo),
            getConnection: .init(Self.getConnection),
            resize: .init(Self.resize),
            reboot: .init(Self.reboot),
            shutdown: .init(Self.shutdown),
            powerOn: .init(Self.powerOn),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    /// How long one call waits for work in the background before the action is deferred.
    private static let patienceSeconds = 5
    /// How long work in the background is waited for where the function cannot be deferred.
    private static let longestSeconds = 60
    private static let pollAfter = Duration.seconds(3)

    private let configuration: Configuration
    private let context: ProviderContext
    private let api: LXDAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
        api = LXDAPI(
            hostname: configuration.hostname, port: configuration.port ?? LXDAPI.port,
            project: configuration.project ?? "default",
            tls: HTTPRequest.TLS(
                isVerified: configuration.verifyTls ?? true, trusted: configuration.authorityCertificate,
                identity: .init(certificate: configuration.certificate, privateKey: configuration.privateKey)),
            transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        let server = try await api.server()
        guard server.isTrusted else {
            throw ProviderError(
                .unauthorized, details: ["reason": "The server does not trust the certificate."])
        }
        return "LXD \(server.version) trusts the certificate."
    }

    // MARK: Building and removing

    func create(_ wanted: Servers.CreateParameters) async throws(ProviderError) -> ProviderAnswer<
        Servers.ServerInfo
    > {
        let name = Self.name(from: wanted.label)
        var settings = Self.limits(memoryMB: wanted.memoryMB, cpuCores: wanted.cpuCores)
        settings[LXDInstance.Mark.label] = wanted.label
        settings[LXDInstance.Mark.action] = context.actionID?.rawValue
        let operation = try await api.create(
            LXDNewInstance(
                name: name, type: configuration.instanceType ?? "container", image: wanted.image,
                profiles: Self.profiles(wanted.size), settings: settings, pool: pool, diskMB: wanted.diskMB,
                target: configuration.isCluster == true ? wanted.location : nil))
        return try await built(name, operation)
    }

    /// - Parameter reference: the operation's id, a space, and the instance's name.
    func pollCreate(
        _ wanted: Servers.CreateParameters, reference: String
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        let parts = reference.split(separator: " ").map(String.init)
        guard parts.count == 2 else {
            throw ProviderError(.internal, details: ["problem": "The reference is none of ours."])
        }
        return try await built(parts[1], parts[0])
    }

    /// Starts the instance once it is built.
    private func built(
        _ name: String, _ operation: String
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        switch try await api.progress(of: operation, waiting: Self.patienceSeconds) {
        case .running: return .deferred(reference: "\(operation) \(name)", pollAfter: Self.pollAfter)
        case .failed(let reason): throw Self.failure(reason)
        case .succeeded, .forgotten: break
        }
        let instance = try await api.instance(name)
        guard isOurs(instance) else {
            throw ProviderError(.alreadyExists, "There is a server of this name already.")
        }
        if !instance.isRunning { try await setState(of: name, .start) }
        return .done(try await info(name))
    }

    func observeCreate(
        _ wanted: Servers.CreateParameters
    ) async throws(ProviderError) -> Observation<Servers.ServerInfo> {
        guard let instance = try await api.instances().first(where: isOurs) else { return .notDone }
        return .done(info(instance, addresses: try await api.addresses(of: instance.name)))
    }

    /// Whether this action built it.
    private func isOurs(_ instance: LXDInstance) -> Bool {
        context.actionID != nil && instance.settings[LXDInstance.Mark.action] == context.actionID?.rawValue
    }

    func terminate(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.TerminateResult
    {
        if try await api.instance(server.instanceID).isRunning {
            try await setState(of: server.instanceID, .stop, isForced: true)
        }
        try await finish(try await api.delete(server.instanceID))
        return Servers.TerminateResult()
    }

    func observeTerminate(
        _ server: Servers.ServerIdentifier
    ) async throws(ProviderError) -> Observation<Servers.TerminateResult> {
        do throws(ProviderError) {
            _ = try await api.instance(server.instanceID)
            return .notDone
        } catch {
            guard error.kind == .notFound else { throw error }
            return .done(Servers.TerminateResult())
        }
    }

    // MARK: Looking things up

    func getInfo(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await info(server.instanceID)
    }

    func getConnection(
        _ wanted: Servers.GetConnectionParameters
    ) async throws(ProviderError) -> Servers.GetConnectionResult {
        let addresses = try await api.addresses(of: wanted.instanceID)
        guard let address = addresses.first(where: { $0.contains(".") }) else {
            throw ProviderError(.rejected, "The server has no address that it could be reached at.")
        }
        return Servers.GetConnectionResult(type: "ssh", command: "ssh root@\(address)")
    }

    // MARK: Changing

    func resize(_ wanted: Servers.ResizeParameters) async throws(ProviderError) -> Servers.ServerInfo {
        let devices = wanted.diskMB.map { ["root": LXDNewInstance.root(pool: pool, diskMB: $0)] } ?? [:]
        try await api.change(
            wanted.instanceID, settings: Self.limits(memoryMB: wanted.memoryMB, cpuCores: wanted.cpuCores),
            devices: devices, profiles: wanted.size.map { Self.profiles($0) })
        return try await info(wanted.instanceID)
    }

    func reboot(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await setState(of: server.instanceID, .restart, isForced: true)
        return try await info(server.instanceID)
    }

    func shutdown(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        if try await api.instance(server.instanceID).isRunning {
            try await setState(of: server.instanceID, .stop, isForced: true)
        }
        return try await info(server.instanceID)
    }

    func powerOn(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        let instance = try await api.instance(server.instanceID)
        guard !instance.isSuspended else { throw ProviderError(.rejected, "The server is suspended.") }
        if !instance.isRunning { try await setState(of: server.instanceID, .start) }
        return try await info(server.instanceID)
    }

    func suspend(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        // Marked first: it must not be started between stopping and marking.
        try await api.change(
            server.instanceID, settings: [LXDInstance.Mark.suspended: "true", "boot.autostart": "false"])
        return try await shutdown(server)
    }

    func unsuspend(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await api.change(
            server.instanceID, settings: [LXDInstance.Mark.suspended: "", "boot.autostart": ""])
        return try await powerOn(server)
    }

    // MARK: Parts

    private var pool: String { configuration.storagePool ?? "default" }

    /// The default profile, which has what every instance needs, and the one that says the size.
    private static func profiles(_ size: String?) -> [String] { ["default"] + [size].compactMap { $0 } }

    private static func limits(memoryMB: Int?, cpuCores: Int?) -> [String: String] {
        var settings: [String: String] = [:]
        if let memoryMB { settings["limits.memory"] = "\(memoryMB)MiB" }
        if let cpuCores { settings["limits.cpu"] = "\(cpuCores)" }
        return settings
    }

    /// A name that LXD takes: letters, digits and inner hyphens, a letter first, at most 63.
    static func name(from label: String) -> String {
        var name = label.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }[...]
        while name.last == "-" { name.removeLast() }
        name = name.drop { $0 == "-" }
        if !(name.first?.isLetter ?? false) { name = "s" + name }
        name = name.prefix(63)
        while name.last == "-" { name.removeLast() }
        return String(name)
    }

    private func setState(
        of name: String, _ change: LXDAPI.Change, isForced: Bool = false
    ) async throws(ProviderError) {
        try await finish(try await api.setState(of: name, change, isForced: isForced))
    }

    /// Waits for work in the background.
    ///
    /// - Throws: `timedOut` where it goes on for longer than is waited.
    private func finish(_ operation: String) async throws(ProviderError) {
        switch try await api.progress(of: operation, waiting: Self.longestSeconds) {
        case .succeeded, .forgotten: return
        case .failed(let reason): throw Self.failure(reason)
        case .running: throw ProviderError(.timedOut, mayHaveTakenEffect: true)
        }
    }

    /// LXD tells why work in the background failed in a sentence only.
    private static func failure(_ reason: String) -> ProviderError {
        let isTaken = reason.lowercased().contains("already exists")
        return ProviderError(
            isTaken ? .alreadyExists : .rejected,
            isTaken ? "There is a server of this name already." : nil, details: ["reason": .string(reason)])
    }

    private func info(_ name: String) async throws(ProviderError) -> Servers.ServerInfo {
        let instance = try await api.instance(name)
        return info(instance, addresses: try await api.addresses(of: name))
    }

    private func info(_ instance: LXDInstance, addresses: [String]) -> Servers.ServerInfo {
        Servers.ServerInfo(
            instanceID: instance.name, state: instance.status.lowercased(), suspended: instance.isSuspended,
            label: instance.settings[LXDInstance.Mark.label] ?? instance.name, hostname: instance.name,
            ipAddress: addresses.first,
            image: instance.settings["image.description"] ?? instance.settings["volatile.base_image"]
                ?? "unknown",
            size: instance.profiles.last ?? "default", memoryMB: instance.memoryMB,
            cpuCores: instance.cpuCores,
            diskMB: instance.diskMB, location: instance.location, virtualizationType: instance.type,
            createdAt: instance.createdAt?.plainText)
    }
}
