import AdapterKit
import Models

/// A server as the simulated cloud keeps it.
struct DemoServer: Codable, Sendable {
    let id: String
    let label: String
    let location: String
    var image: String
    var size: String?
    var memoryMB: Int?
    var cpuCores: Int?
    var diskMB: Int?
    let virtualizationType: String
    let customerIdentifier: String?
    let software: JSONValue?
    let licenses: JSONValue?
    let metadata: JSONValue?
    let createdAt: Timestamp
    /// When it has been built.
    let readyAt: Timestamp
    var updatedAt: Timestamp
    var isRunning = true
    var isSuspended = false
    var hasRecoveryISO = false
    /// The action that made it.
    let madeBy: ActionID?
    /// The action that last installed an image on it anew.
    var reinstalledBy: ActionID?

    init(
        _ wanted: Servers.CreateParameters, id: String, madeBy action: ActionID?, at now: Timestamp,
        buildTime: Duration
    ) {
        self.id = id
        label = wanted.label
        location = wanted.location
        image = wanted.image
        size = wanted.size
        memoryMB = wanted.memoryMB
        cpuCores = wanted.cpuCores
        diskMB = wanted.diskMB
        virtualizationType = wanted.virtualizationType ?? "kvm"
        customerIdentifier = wanted.customerIdentifier
        software = wanted.software
        licenses = wanted.licenses
        metadata = wanted.metadata
        createdAt = now
        readyAt = now.advanced(by: buildTime)
        updatedAt = now
        madeBy = action
    }

    /// An address of those kept for examples (RFC 5737).
    var address: String { "198.51.100.\((Int(id) ?? 0) % 254 + 1)" }

    func state(at now: Timestamp) -> String {
        if now < readyAt { return "building" }
        if isSuspended { return "suspended" }
        return isRunning ? "running" : "off"
    }

    func info(at now: Timestamp) -> Servers.ServerInfo {
        Servers.ServerInfo(
            instanceID: id, state: state(at: now), suspended: isSuspended, label: label, hostname: label,
            ipAddress: address, image: image, size: size, memoryMB: memoryMB, cpuCores: cpuCores,
            diskMB: diskMB, location: location, node: "\(location)-1", virtualizationType: virtualizationType,
            customerIdentifier: customerIdentifier, createdAt: createdAt.plainText,
            updatedAt: updatedAt.plainText, software: software, licenses: licenses,
            metadata: hasRecoveryISO ? withRecoveryISO : metadata)
    }

    private var withRecoveryISO: JSONValue {
        .object((metadata?.objectValue ?? [:]).merging(["recovery_iso": "attached"]) { $1 })
    }

    /// - Throws: `rejected` while it is being built, and while it is suspended.
    func requireUsable(at now: Timestamp) throws(ProviderError) {
        if now < readyAt { throw ProviderError(.rejected, "The server is still being built.") }
        if isSuspended { throw ProviderError(.rejected, "The server is suspended.") }
    }
}

// MARK: Where servers are kept

extension SimulatorTransaction {
    func server(_ id: String) throws -> DemoServer? { try value("server/\(id)") }

    /// - Throws: `notFound`.
    func existing(_ id: String) throws -> DemoServer {
        guard let server = try server(id) else {
            throw ProviderError(.notFound, "There is no such server.")
        }
        return server
    }

    /// The server that an action made.
    func server(madeBy action: ActionID) throws -> DemoServer? {
        try (value("made/\(action)") as String?).flatMap { try server($0) }
    }

    /// The action that deleted a server.
    func terminator(of id: String) throws -> ActionID? { try value("gone/\(id)") }

    func put(_ server: DemoServer) throws { try set("server/\(server.id)", server) }

    func add(_ server: DemoServer) throws {
        try put(server)
        if let action = server.madeBy { try set("made/\(action)", server.id) }
    }

    func remove(_ server: DemoServer, for action: ActionID?) throws {
        remove("server/\(server.id)")
        if let maker = server.madeBy { remove("made/\(maker)") }
        if let action { try set("gone/\(server.id)", action) }
    }

    /// An id that no server has had yet: 1001, 1002 and so on.
    func nextServerID() throws -> String {
        let number = try (value("servers") as Int?) ?? 1_000
        try set("servers", number + 1)
        return String(number + 1)
    }
}
