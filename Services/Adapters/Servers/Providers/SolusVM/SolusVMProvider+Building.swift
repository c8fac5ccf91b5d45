import AdapterKit
import Models

extension SolusVMProvider {
    // MARK: Building

    /// The panel has no word for a server that is still being installed: once it has taken it, it is made.
    func create(
        _ wanted: Servers.CreateParameters
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        let type = try Self.type(wanted.virtualizationType ?? configuration.defaultVirtualizationType)
        let template = try await template(wanted.image, type: type)
        let plan = try await plan(wanted.size, type: type)
        let place = try await place(wanted.location)
        let owner = try owner(wanted)
        if owner.isNew { try await createClient(owner.username, email: wanted.email) }
        let id = try await api.createServer(
            SolusVMAPI.NewServer(
                type: type, username: owner.username, hostname: wanted.label, plan: plan,
                template: template.id, password: wanted.rootPassword ?? newPassword(), place: place))
        return try await .taken(as: id, pollAfter: Self.pollAfter) { () async throws(ProviderError) in
            var info = try await info(try await api.server(id))
            info.state = "creating"
            info.customerIdentifier = owner.username
            return .done(info)
        }
    }

    func pollCreate(
        _ wanted: Servers.CreateParameters, id: String
    ) async throws(ProviderError) -> ProviderAnswer<Servers.ServerInfo> {
        var info = try await info(try await api.server(id))
        info.customerIdentifier = try owner(wanted).username
        return .done(info)
    }

    /// Servers bear no mark and the panel does not tell when they were made. So all that can be seen is that
    /// there is none of the name wanted; one that there is may be somebody else's.
    func observeCreate(
        _ wanted: Servers.CreateParameters
    ) async throws(ProviderError) -> Observation<Servers.ServerInfo> {
        let type = try Self.type(wanted.virtualizationType ?? configuration.defaultVirtualizationType)
        let name = wanted.label.lowercased()
        for node in try await api.nodeIDs(type) {
            guard try await !api.hostnames(onNode: node).contains(where: { $0.lowercased() == name }) else {
                return .unknown
            }
        }
        return .notDone
    }

    /// Whose the server is to be, and whether that client has to be made.
    private func owner(
        _ wanted: Servers.CreateParameters
    ) throws(ProviderError) -> (username: String, isNew: Bool) {
        if configuration.singleServerOwner == true {
            guard let username = configuration.serverOwnerUsername else {
                throw ProviderError(.internal, details: ["problem": "server_owner_username is missing."])
            }
            return (username, false)
        }
        if let username = wanted.customerIdentifier { return (username, false) }
        return (wanted.email, true)
    }

    /// Makes the customer's client; an earlier order may have done so already.
    private func createClient(_ username: String, email: String) async throws(ProviderError) {
        do throws(ProviderError) {
            try await api.createClient(username: username, email: email, password: newPassword())
        } catch {
            guard error.kind == .alreadyExists else { throw error }
        }
    }

    // MARK: Deleting

    func terminate(_ server: Servers.ServerIdentifier) async throws(ProviderError) -> Servers.TerminateResult
    {
        try await api.terminateServer(try ServerNumber.checked(server.instanceID))
        return Servers.TerminateResult()
    }

    func observeTerminate(
        _ server: Servers.ServerIdentifier
    ) async throws(ProviderError) -> Observation<Servers.TerminateResult> {
        try await api.hasServer(try ServerNumber.checked(server.instanceID))
            ? .notDone : .done(Servers.TerminateResult())
    }

    // MARK: What is offered

    static func type(_ name: String?) throws(ProviderError) -> SolusVMType {
        guard let type = name.flatMap({ SolusVMType(rawValue: $0.lowercased()) }) else {
            throw ProviderError(
                .invalidInput, details: ["problem": "It is not known how to virtualise the server."])
        }
        return type
    }

    /// A template, given by file name or by label.
    func template(_ name: String, type: SolusVMType) async throws(ProviderError) -> SolusVMEntry {
        let templates = try await api.templates(type)
        guard let template = templates.first(where: { $0.id == name || $0.label == name }) else {
            throw ProviderError(
                .invalidInput, "This image is not offered at the moment.", details: ["image": .string(name)])
        }
        return template
    }

    /// The name of a plan, given by id or by name.
    func plan(_ name: String?, type: SolusVMType) async throws(ProviderError) -> String {
        guard let name else {
            throw ProviderError(.invalidInput, "Servers are sold by size here; a size is needed.")
        }
        let plans = try await api.plans(type)
        guard let plan = plans.first(where: { $0.name == name }) ?? plans.first(where: { $0.id == name })
        else {
            throw ProviderError(
                .invalidInput, "This size is not offered at the moment.", details: ["plan": .string(name)])
        }
        return plan.name
    }

    /// A node by its name, or a group of nodes by id or name.
    private func place(_ name: String) async throws(ProviderError) -> HTTPRequest.Field {
        guard configuration.locationType == "node_group" else { return .init("node", name) }
        let groups = try await api.nodeGroups()
        guard let group = groups.first(where: { $0.id == name || $0.label == name }) else {
            throw ProviderError(
                .invalidInput, "This location is not offered at the moment.",
                details: ["location": .string(name)])
        }
        return .init("nodegroup", group.id)
    }

    private func newPassword() -> String {
        let password = RandomText.password()
        context.secrets.add(password)
        return password
    }
}
