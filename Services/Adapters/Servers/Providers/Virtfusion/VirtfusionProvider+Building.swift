import AdapterKit
import Models

extension VirtfusionProvider {
    // MARK: Building

    func create(
        _ wanted: Servers.CreateParameters
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        guard wanted.size != nil else {
            throw ProviderError(.invalidInput, "Servers are sold by size here; a size is needed.")
        }
        let user = try await user(wanted)
        let package = try await package(wanted.size)
        let template = try await template(wanted.image) { () async throws(ProviderError) in
            try await api.templates(package: package)
        }
        let group = try await group(wanted.location)
        let keys = try await api.sshKeys(of: user)
        let id = try await api.createServer(user: user, package: package, group: group)
        do throws(ProviderError) {
            try await api.buildServer(id, name: wanted.label, template: template, sshKeys: keys)
        } catch {
            throw error.adding("instance_id", .string(id))
        }
        return try await answer(after: id)
    }

    /// The customer's id at the panel, where the customer is made if need be.
    private func user(_ wanted: Servers.CreateParameters) async throws(ProviderError) -> String {
        if let user = wanted.customerIdentifier {
            guard ServerNumber.isNumber(user) else {
                throw ProviderError(.invalidInput, "There is no such customer.")
            }
            return user
        }
        do throws(ProviderError) {
            return try await api.createUser(
                name: wanted.customerName ?? wanted.email, email: wanted.email,
                relationID: wanted.upmindClientIntID)
        } catch {
            // The panel refuses a number or an address that is taken as it refuses any other value.
            guard error.kind == .invalidInput || error.kind == .rejected,
                let relationID = wanted.upmindClientIntID,
                let user = try await api.user(relationID: relationID)
            else { throw error }
            return user
        }
    }

    /// The id of a group of hypervisors, given by id or by name.
    private func group(_ name: String) async throws(ProviderError) -> String {
        if ServerNumber.isNumber(name) { return name }
        guard let group = try await api.hypervisorGroups().first(where: { $0.name == name }) else {
            throw ProviderError(
                .invalidInput, "This location is not offered at the moment.",
                details: ["location": .string(name)])
        }
        return group.id
    }

    func pollCreate(
        _ wanted: Servers.CreateParameters, id: String
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        try await answer(about: id)
    }

    func reinstall(
        _ wanted: Servers.ReinstallParameters
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        let id = try ServerNumber.checked(wanted.instanceID)
        let template = try await template(wanted.image) { () async throws(ProviderError) in
            try await api.templates(server: id)
        }
        let server = try await api.server(id, withState: true)
        guard let owner = server.ownerID, let name = server.hostname ?? server.name else {
            throw ProviderError(.rejected, details: ["problem": "The server has no owner, or no name."])
        }
        let keys = try await api.sshKeys(of: owner)
        try await api.buildServer(id, name: name, template: template, sshKeys: keys)
        return try await answer(after: id)
    }

    func pollReinstall(
        _ wanted: Servers.ReinstallParameters, id: String
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        try await answer(about: id)
    }

    private func answer(after id: String) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        try await .taken(as: id, pollAfter: Self.pollAfter) { () async throws(ProviderError) in
            try await answer(about: id)
        }
    }

    /// How a server is getting on that is being built.
    ///
    /// - Throws: `rejected` where the panel says that building it failed.
    private func answer(about id: String) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        let server = try await api.server(id, withState: true)
        if server.isBuilt { return .done(try await info(server)) }
        guard !server.hasFailed else {
            throw ProviderError(
                .rejected, "The server could not be built.",
                details: ["instance_id": .string(id), "state": .string(server.state)],
                mayHaveTakenEffect: true)
        }
        return .deferred(reference: id, pollAfter: Self.pollAfter)
    }

    /// A server is this action's if it has the name wanted, is built or being built, belongs to the customer
    /// where that is known, and is not older than the action. One on which nothing was installed yet, or that
    /// could not be built, may be this action's too.
    func observeCreate(
        _ wanted: Servers.CreateParameters
    ) async throws(ProviderError) -> Observation<Servers.ServerInfo> {
        guard let servers = try await servers(whereMade: wanted) else { return .unknown }
        var candidates: [VirtfusionServer] = []
        for server in servers where server.isNamed(wanted.label) || server.isUnbuilt {
            candidates.append(try await api.server(server.id, withState: false))
        }
        switch OwnServer.among(candidates, for: context.actionID, createdAt: \.createdAt) {
        case .done(let server):
            guard server.isNamed(wanted.label), !server.hasFailed else { return .unknown }
            return .done(try await info(server))
        case .notDone: return .notDone
        case .unknown: return .unknown
        }
    }

    /// The servers among which one that was asked for would be; nil where there are too many.
    private func servers(
        whereMade wanted: Servers.CreateParameters
    ) async throws(ProviderError) -> [VirtfusionServer]? {
        if let user = wanted.customerIdentifier, ServerNumber.isNumber(user) {
            return try await api.servers(of: user)
        }
        guard let relationID = wanted.upmindClientIntID else { return try await api.allServers() }
        guard let user = try await api.user(relationID: relationID) else { return [] }
        return try await api.servers(of: user)
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
            _ = try await api.server(try ServerNumber.checked(server.instanceID), withState: false)
            return .notDone
        } catch {
            guard error.kind == .notFound else { throw error }
            return .done(Servers.TerminateResult())
        }
    }
}
