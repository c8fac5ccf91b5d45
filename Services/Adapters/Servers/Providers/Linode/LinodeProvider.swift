import AdapterKit
import Models

/// Servers on Akamai's cloud.
///
/// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/api
struct LinodeProvider: ServersProvider {
    typealias Configuration = ServersLinodeContract.Configuration
    static let contract = ServersLinodeContract.descriptor
    /// How long to wait between two looks at an instance that is being built or changed.
    static let pollAfter = Duration.seconds(10)

    static var functions: ServersFunctions<Self> {
        ServersFunctions(
            create: .init(deferring: Self.create, poll: Self.poll, observe: Self.observeCreate),
            getInfo: .init(Self.getInfo),
            getConnection: .init(Self.getConnection),
            changeRootPassword: .init(Self.changeRootPassword),
            resize: .init(deferring: Self.resize, poll: Self.poll),
            reinstall: .init(deferring: Self.reinstall, poll: Self.poll),
            reboot: .init(Self.reboot),
            shutdown: .init(Self.shutdown),
            powerOn: .init(Self.powerOn),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    private let context: ProviderContext
    private let api: LinodeAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        api = LinodeAPI(accessToken: configuration.accessToken, transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        "Signed in as \(try await api.profile())."
    }

    // MARK: Building and deleting

    func create(
        _ wanted: Servers.CreateParameters
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        let image = try await image(wanted.image)
        let type = try await type(wanted.size)
        try await requireRegion(wanted.location)
        let instance = try await api.createInstance(
            label: wanted.label, region: wanted.location, type: type, image: image,
            rootPassword: wanted.rootPassword ?? newPassword())
        return Self.answer(about: instance)
    }

    /// An instance is this action's if it has the label wanted, which only one instance of an account can
    /// have, and is not older than the action.
    func observeCreate(
        _ wanted: Servers.CreateParameters
    ) async throws(ProviderError) -> Observation<Servers.ServerInfo> {
        let named = try await api.instances(label: wanted.label).filter { $0.label == wanted.label }
        switch OwnServer.among(named, for: context.actionID, createdAt: \.createdAt) {
        case .done(let instance): return .done(instance.info())
        case .notDone: return .notDone
        case .unknown: return .unknown
        }
    }

    /// Looks how an instance is getting on that is being built, resized or reinstalled.
    private func poll<Parameters>(
        _ wanted: Parameters, id: String
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        Self.answer(about: try await api.instance(id))
    }

    private static func answer(about instance: LinodeInstance) -> ProviderAnswer<Servers.ServerInfo> {
        instance.isBeingChanged
            ? .deferred(reference: instance.id, pollAfter: pollAfter) : .done(instance.info())
    }

    private func answer(
        after id: String
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        try await .taken(as: id, pollAfter: Self.pollAfter) { () async throws(ProviderError) in
            Self.answer(about: try await api.instance(id))
        }
    }

    func terminate(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.TerminateResult
    {
        try await api.deleteInstance(try ServerNumber.checked(server.instanceID))
        return Servers.TerminateResult()
    }

    func observeTerminate(
        _ server: Servers.ServerIdentifier
    ) async throws(ProviderError) -> Observation<Servers.TerminateResult> {
        do throws(ProviderError) {
            let instance = try await api.instance(try ServerNumber.checked(server.instanceID))
            return instance.status == "deleting" ? .done(Servers.TerminateResult()) : .notDone
        } catch {
            guard error.kind == .notFound else { throw error }
            return .done(Servers.TerminateResult())
        }
    }

    // MARK: Looking things up

    func getInfo(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await info(server)
    }

    func getConnection(
        _ wanted: Servers.GetConnectionParameters
    ) async throws(ProviderError) -> Servers.GetConnectionResult {
        let instance = try await api.instance(try ServerNumber.checked(wanted.instanceID))
        guard let address = instance.ipv4 else {
            throw ProviderError(.rejected, "The server has no address to connect to.")
        }
        return Servers.GetConnectionResult(type: "ssh", command: "ssh root@\(address)")
    }

    private func info(
        _ server: Servers.ServerIdentifier, suspended: Bool? = nil
    ) async throws(ProviderError) -> Servers.ServerInfo {
        try await api.instance(try ServerNumber.checked(server.instanceID)).info(suspended: suspended)
    }

    // MARK: Changing servers

    func changeRootPassword(
        _ wanted: Servers.ChangeRootPasswordParameters
    ) async throws(ProviderError) -> Servers.ServerInfo {
        let id = try ServerNumber.checked(wanted.instanceID)
        try Self.requireOff(try await api.instance(id))
        guard let disk = try await api.disks(of: id).first(where: { !$0.isSwap }) else {
            throw ProviderError(.rejected, "The server has no disk that has a password.")
        }
        try await api.resetPassword(wanted.rootPassword, disk: disk.id, of: id)
        return try await api.instance(id).info()
    }

    func resize(
        _ wanted: Servers.ResizeParameters
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        let id = try ServerNumber.checked(wanted.instanceID)
        let type = try await type(wanted.size)
        if wanted.resizeRunning != true { try Self.requireOff(try await api.instance(id)) }
        try await api.resizeInstance(id, type: type)
        return try await answer(after: id)
    }

    func reinstall(
        _ wanted: Servers.ReinstallParameters
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        let id = try ServerNumber.checked(wanted.instanceID)
        let image = try await image(wanted.image)
        try await api.rebuildInstance(id, image: image, rootPassword: wanted.rootPassword ?? newPassword())
        return try await answer(after: id)
    }

    func reboot(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await api.rebootInstance(try ServerNumber.checked(server.instanceID))
        return try await info(server)
    }

    func shutdown(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await api.shutDownInstance(try ServerNumber.checked(server.instanceID))
        return try await info(server)
    }

    func powerOn(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await api.bootInstance(try ServerNumber.checked(server.instanceID))
        return try await info(server)
    }

    /// The cloud knows no suspension: the server is shut down.
    func suspend(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await api.shutDownInstance(try ServerNumber.checked(server.instanceID))
        return try await info(server, suspended: true)
    }

    func unsuspend(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.ServerInfo {
        try await api.bootInstance(try ServerNumber.checked(server.instanceID))
        return try await info(server, suspended: false)
    }

    private static func requireOff(_ instance: LinodeInstance) throws(ProviderError) {
        guard instance.status == "offline" || instance.status == "stopped" else {
            throw ProviderError(
                .rejected, "The server has to be shut down first.",
                details: ["status": .string(instance.status)])
        }
    }

    // MARK: What is offered

    /// The id of an image, given by id or by label.
    private func image(_ name: String) async throws(ProviderError) -> String {
        let image =
            name.wholeMatch(of: /[a-z]+\/[A-Za-z0-9_-][A-Za-z0-9._-]*/) != nil
            ? try await api.image(name)
            : try await api.images(label: name).first { $0.label == name }
        guard let image else {
            throw ProviderError(
                .invalidInput, "This image is not offered at the moment.", details: ["image": .string(name)])
        }
        return image.id
    }

    /// The id of a type, given by id or by label.
    private func type(_ name: String?) async throws(ProviderError) -> String {
        guard let name else {
            throw ProviderError(.invalidInput, "Servers are sold by size here; a size is needed.")
        }
        if name.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil, let type = try await api.type(name) {
            return type.id
        }
        guard let type = try await api.types().first(where: { $0.label == name }) else {
            throw ProviderError(
                .invalidInput, "This size is not offered at the moment.", details: ["type": .string(name)])
        }
        return type.id
    }

    private func requireRegion(_ id: String) async throws(ProviderError) {
        guard id.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil, try await api.hasRegion(id) else {
            throw ProviderError(
                .invalidInput, "This location is not offered at the moment.",
                details: ["region": .string(id)])
        }
    }

    private func newPassword() -> String {
        let password = RandomText.password()
        context.secrets.add(password)
        return password
    }
}
