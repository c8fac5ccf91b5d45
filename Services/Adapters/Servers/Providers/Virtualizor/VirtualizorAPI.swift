import AdapterKit
import Models

/// The admin API of a Virtualizor master: one method an `act`. All calls are POST requests to one address.
///
/// The panel takes `act`, the key and its password in the address only; everything else goes in the body where
/// the recorded traffic has it there.
///
/// - SeeAlso: https://www.virtualizor.com/docs/admin-api/
struct VirtualizorAPI: Sendable {
    static let usualPort = 4_085
    static let pageLength = 100
    /// Pages that are read of one list at most.
    static let pageLimit = 50

    let hostname: String
    let port: Int
    let key: String
    let password: String
    let verifiesTLS: Bool
    let transport: any HTTPTransport
    let secrets: SecretValues

    // MARK: What is offered

    /// The plan that has an id or a name; nil where there is none.
    ///
    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/list-plans/
    func plan(
        _ wanted: String, type: String
    ) async throws(ProviderError) -> (id: String, name: String)? {
        let isID = ServerNumber.isNumber(wanted)
        let search = (isID ? [] : [HTTPRequest.Field("planname", wanted)]) + [.init("ptype", type)]
        return try await find("plans", in: ["plans"], search) { key, plan in
            let id = plan["plid"]?.lenientText ?? key
            let name = plan["plan_name"]?.lenientText
            return (isID ? id : name) == wanted ? (id, name ?? wanted) : nil
        }
    }

    /// The template of a type that has an id or a name; nil where there is none.
    ///
    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/list-os-templates/
    func template(
        _ wanted: String, type: String
    ) async throws(ProviderError) -> (id: String, name: String)? {
        let body = try await read("ostemplates")
        let found = (body["ostemplates"]?.entries ?? []).filter { id, template in
            id == wanted || template["name"]?.lenientText == wanted
        }
        // The same name may be there for several types.
        let template = found.first { $0.value["type"]?.lenientText == type } ?? found.first
        return template.map { ($0.key, $0.value["name"]?.lenientText ?? wanted) }
    }

    /// The id of the group of servers that has an id or a name; nil where there is none.
    ///
    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/list-server-groups/
    func serverGroup(_ wanted: String) async throws(ProviderError) -> String? {
        let isID = ServerNumber.isNumber(wanted)
        let search = isID ? [] : [HTTPRequest.Field("sg_name", wanted)]
        return try await find("servergroups", in: ["servergroups"], search) { key, group in
            let id = group["sgid"]?.lenientText ?? key
            return (isID ? id : group["sg_name"]?.lenientText) == wanted ? id : nil
        }
    }

    /// The id of the first machine that is the one wanted; nil where there is none.
    ///
    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/list-servers/
    func machine(
        where isWanted: (_ id: String, _ machine: VirtualizorMachine) -> Bool
    ) async throws(ProviderError) -> String? {
        try await find("servers", in: ["servs", "servers"], []) { key, value in
            let machine = VirtualizorMachine(value)
            let id = machine.id ?? key
            return isWanted(id, machine) ? id : nil
        }
    }

    /// How many server groups there are on the first page: what proves key and password.
    ///
    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/list-server-groups/
    func serverGroupCount() async throws(ProviderError) -> Int {
        try await read("servergroups", query: Self.page(1))["servergroups"]?.entries.count ?? 0
    }

    // MARK: Servers

    /// - Throws: `notFound` where there is none.
    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/edit-vps/
    func server(_ id: String) async throws(ProviderError) -> VirtualizorServer {
        let (body, answer) = try await send("editvs", query: [.init("vpsid", id)], isChanging: false)
        guard let vps = body["vps"] else { throw answer.unreadable("has no server") }
        guard let server = VirtualizorServer(vps, plans: body["plans"], servers: body["servers"]) else {
            throw ProviderError(.notFound, "There is no such server.")
        }
        return server
    }

    /// The servers that have a host name.
    ///
    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/list-vps/
    func servers(hostname: String) async throws(ProviderError) -> [VirtualizorServer] {
        let (body, answer) = try await send(
            "vs", query: Self.page(1) + [.init("vpshostname", hostname)], isChanging: false)
        guard let servers = body["vs"] else { throw answer.unreadable("has no servers") }
        // The search finds parts of names too.
        return servers.entries.compactMap { VirtualizorServer($0.value) }
            .filter { $0.hostname?.lowercased() == hostname.lowercased() }
    }

    /// Makes a server, which the panel builds in the background.
    ///
    /// - Returns: its id.
    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/create-vps/
    func createServer(_ fields: [HTTPRequest.Field]) async throws(ProviderError) -> String {
        let (body, answer) = try await send(
            "addvs", fields: fields + [.init("control_panel", "0"), .init("addvps", "1")], isChanging: true)
        try Self.requireDone(body, "addvs")
        guard let id = body["vpsid"]?.lenientText ?? body["done"]?.lenientText, ServerNumber.isNumber(id)
        else { throw answer.unreadable("has no server id") }
        return id
    }

    /// How building a server is getting on; nil where the panel knows no such work.
    ///
    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/list-tasks/
    func creationTask(of id: String) async throws(ProviderError) -> VirtualizorTask? {
        let body = try await read(
            "tasks", query: Self.page(1), fields: [.init("vpsid", id), .init("action", "addvs")])
        return (body["tasks"]?.entries ?? []).compactMap { VirtualizorTask($0.value) }
            .filter { $0.server == id && $0.action == "addvs" }
            .max { $0.id < $1.id }
    }

    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/edit-vps/
    func changePlan(of id: String, to plan: String) async throws(ProviderError) {
        try await change(
            "editvs", query: [.init("vpsid", id)],
            fields: [.init("plid", plan), .init("editvps", "1")])
    }

    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/manage-vps/
    func setRootPassword(_ password: String, of id: String) async throws(ProviderError) {
        try await change(
            "managevps", query: [.init("vpsid", id)],
            fields: [
                .init("rootpass", password), .init("enable_guest_agent", "1"), .init("editvps", "1"),
            ])
    }

    /// Wipes a server and installs a template.
    ///
    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/rebuild-vps/
    func rebuildServer(_ id: String, template: String, password: String) async throws(ProviderError) {
        try await change(
            "rebuild",
            fields: [
                .init("vpsid", id), .init("osid", template), .init("newos", template),
                .init("newpass", password), .init("conf", password), .init("control_panel", "0"),
                .init("reos", "1"), .init("format_primary", "0"), .init("eu_send_rebuild_email", "0"),
            ])
    }

    enum Power: String, Sendable {
        case start, stop, restart
    }

    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/start-vps/
    func power(_ action: Power, _ id: String) async throws(ProviderError) {
        try await change("vs", query: [.init("vpsid", id), .init("action", action.rawValue)])
    }

    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/suspend-vps/
    func suspendServer(_ id: String) async throws(ProviderError) {
        try await change("vs", query: [.init("suspend", id)])
    }

    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/unsuspend-vps/
    func unsuspendServer(_ id: String) async throws(ProviderError) {
        try await change("vs", query: [.init("unsuspend", id)])
    }

    /// Deletes a server and its data for good.
    ///
    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/delete-vps/
    func deleteServer(_ id: String) async throws(ProviderError) {
        try await change("vs", query: [.init("delete", id)])
    }

    /// What signs a customer in to the panel, at a server's page.
    ///
    /// - SeeAlso: https://www.virtualizor.com/docs/admin-api/
    func signOn(to id: String) async throws(ProviderError) -> (session: String, token: String) {
        let (body, answer) = try await send("sso", query: [.init("svs", id)], isChanging: true)
        guard let session = body["sid"]?.lenientText, let token = body["token_key"]?.lenientText else {
            throw answer.unreadable("has no session")
        }
        return (session, token)
    }
}

// MARK: Calls

extension VirtualizorAPI {
    private static func page(_ number: Int) -> [HTTPRequest.Field] {
        [.init("page", String(number)), .init("reslen", String(pageLength))]
    }

    /// The first entry of a paged list of which a value can be made; nil where there is none on any page.
    private func find<Value>(
        _ act: String, in names: [String], _ search: [HTTPRequest.Field],
        _ make: (_ key: String, _ entry: JSONValue) -> Value?
    ) async throws(ProviderError) -> Value? {
        for page in 1...Self.pageLimit {
            let body = try await read(act, query: Self.page(page), fields: search)
            let entries = names.compactMap { body[$0]?.entries }.first ?? []
            for (key, entry) in entries {
                if let value = make(key, entry) { return value }
            }
            if entries.count < Self.pageLength { return nil }
        }
        return nil
    }

    private func read(
        _ act: String, query: [HTTPRequest.Field] = [], fields: [HTTPRequest.Field] = []
    ) async throws(ProviderError) -> JSONValue {
        try await send(act, query: query, fields: fields, isChanging: false).body
    }

    private func change(
        _ act: String, query: [HTTPRequest.Field] = [], fields: [HTTPRequest.Field] = []
    ) async throws(ProviderError) {
        try Self.requireDone(try await send(act, query: query, fields: fields, isChanging: true).body, act)
    }

    private static func requireDone(_ body: JSONValue, _ act: String) throws(ProviderError) {
        guard body["done"]?.saysDone != true else { return }
        let words = body["done_msg"]?.lenientText ?? "The answer does not say that it was done."
        throw refusal(words, act)
    }

    private func send(
        _ act: String, query: [HTTPRequest.Field] = [], fields: [HTTPRequest.Field] = [], isChanging: Bool
    ) async throws(ProviderError) -> (body: JSONValue, answer: HTTPResponse) {
        let oneOffKey = VirtualizorKey.make(
            password: password, prefix: RandomText.letters(VirtualizorKey.prefixLength))
        secrets.add(oneOffKey)
        let answer = try await transport.send(
            HTTPRequest(
                .post, host: hostname, port: port, path: "/index.php",
                query: query + [
                    .init("api", "json"), .init("act", act), .init("adminapikey", key),
                    .init("adminapipass", password), .init("apikey", oneOffKey),
                ], headers: [.init("Accept", "application/json")], body: .form(fields),
                isChanging: isChanging, verifiesTLS: verifiesTLS))
        let body = try answer.successful().json()
        guard body.objectValue != nil else { throw answer.unreadable("is no object") }
        // Whoever is not let in is shown the page to sign in at, whatever was asked for.
        if act != "login", body["act"]?.lenientText == "login" {
            throw ProviderError(.unauthorized, details: ["act": .string(act)])
        }
        let problems = Self.texts(in: body["error"])
        guard problems.isEmpty else { throw Self.refusal(problems.joined(separator: " "), act) }
        return (body, answer)
    }

    private static func texts(in value: JSONValue?) -> [String] {
        value?.lenientText.map { [$0] } ?? value?.entries.flatMap { texts(in: $0.value) } ?? []
    }

    /// What a refusal means; the panel tells reasons in sentences only. The one place where this is decided.
    private static func refusal(_ reason: String, _ act: String) -> ProviderError {
        let text = reason.lowercased()
        func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }
        let kind: ErrorKind =
            if says("not found", "does not exist", "doesn't exist", "no such", "invalid vps") {
                .notFound
            } else if says("already") {
                .alreadyExists
            } else if says("api key", "api pass", "not authorized", "not authorised", "permission") {
                .unauthorized
            } else if says("invalid", "not valid", "missing", "please") {
                .invalidInput
            } else {
                .rejected
            }
        return ProviderError(kind, details: ["act": .string(act), "reason": .string(reason)])
    }
}
