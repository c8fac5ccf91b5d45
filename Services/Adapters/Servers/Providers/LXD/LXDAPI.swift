import AdapterKit
import Models

/// LXD's REST interface: one method an endpoint.
///
/// A client is known by its certificate; there are no passwords.
///
/// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/rest-api/
struct LXDAPI: Sendable {
    static let port = 8443

    let hostname: String
    let port: Int
    let project: String
    let tls: HTTPRequest.TLS
    let transport: any HTTPTransport

    /// Whether the server trusts this client, and its version.
    ///
    /// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/api/#/server/server_get
    func server() async throws(ProviderError) -> (isTrusted: Bool, version: String) {
        let server = try await call(.get, "")
        let version = server["environment"]?["server_version"]?.stringValue ?? "of an unknown version"
        return (server["auth"]?.stringValue == "trusted", version)
    }

    /// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/api/#/instances/instances_get_recursion1
    func instances() async throws(ProviderError) -> [LXDInstance] {
        try await call(.get, "/instances", query: [.init("recursion", "1")]).arrayValue?
            .compactMap(LXDInstance.init) ?? []
    }

    /// - Throws: `notFound` where there is none of that name.
    /// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/api/#/instances/instance_get
    func instance(_ name: String) async throws(ProviderError) -> LXDInstance {
        let value = try await call(.get, try Self.path(name))
        guard let instance = LXDInstance(value) else {
            throw ProviderError(
                .providerUnavailable, details: ["problem": "The instance has no name or status."])
        }
        return instance
    }

    /// The global addresses of an instance, in the order in which LXD lists them.
    ///
    /// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/api/#/instances/instance_state_get
    func addresses(of name: String) async throws(ProviderError) -> [String] {
        let state = try await call(.get, try Self.path(name) + "/state")
        let devices = (state["network"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
        return devices.flatMap { $0.value["addresses"]?.arrayValue ?? [] }
            .filter { $0["scope"]?.stringValue == "global" }.compactMap { $0["address"]?.stringValue }
    }

    /// Begins to build an instance.
    ///
    /// - Returns: the id of the work in the background.
    /// - Throws: `invalidInput` where the image is not there.
    /// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/api/#/instances/instances_post
    func create(_ instance: LXDNewInstance) async throws(ProviderError) -> String {
        do throws(ProviderError) {
            return try await begin(
                .post, "/instances", query: instance.target.map { [.init("target", $0)] } ?? [], instance.json
            )
        } catch {
            guard error.kind == .notFound else { throw error }
            var error = error
            error.kind = .invalidInput
            error.message = "This image or place is not offered at the moment."
            throw error
        }
    }

    /// Changes settings of an instance and the devices given; an empty text removes a setting.
    ///
    /// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/api/#/instances/instance_patch
    func change(
        _ name: String, settings: [String: String], devices: [String: JSONValue] = [:],
        profiles: [String]? = nil
    ) async throws(ProviderError) {
        var members: [String: JSONValue] = ["config": .object(settings.mapValues(JSONValue.string))]
        if !devices.isEmpty { members["devices"] = .object(devices) }
        if let profiles { members["profiles"] = .array(profiles.map(JSONValue.string)) }
        _ = try await call(.patch, try Self.path(name), body: .object(members))
    }

    enum Change: String, Sendable {
        case start, stop, restart
    }

    /// Begins to start, stop or restart an instance, by force where it does not go down within 30 s.
    ///
    /// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/api/#/instances/instance_state_put
    func setState(of name: String, _ change: Change, isForced: Bool) async throws(ProviderError) -> String {
        try await begin(
            .put, try Self.path(name) + "/state",
            ["action": .string(change.rawValue), "timeout": 30, "force": .bool(isForced)])
    }

    /// Begins to remove an instance that is stopped.
    ///
    /// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/api/#/instances/instance_delete
    func delete(_ name: String) async throws(ProviderError) -> String {
        try await begin(.delete, try Self.path(name), nil)
    }

    /// Waits for work in the background, for so many seconds at most.
    ///
    /// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/api/#/operations/operation_wait_get
    func progress(of operation: String, waiting seconds: Int) async throws(ProviderError) -> LXDProgress {
        let value: JSONValue
        do throws(ProviderError) {
            value = try await call(
                .get, "/operations/\(try HTTPRequest.segment(operation))/wait",
                query: [.init("timeout", "\(seconds)")])
        } catch {
            guard error.kind == .notFound else { throw error }
            return .forgotten
        }
        switch value["status"]?.stringValue {
        case "Success": return .succeeded
        case "Failure", "Cancelled": return .failed(value["err"]?.lenientText ?? "no reason given")
        default: return .running
        }
    }
}

// MARK: Calls

extension LXDAPI {
    private static func path(_ name: String) throws(ProviderError) -> String {
        try "/instances/" + HTTPRequest.segment(name)
    }

    private func begin(
        _ method: HTTPRequest.Method, _ path: String, query: [HTTPRequest.Field] = [], _ body: JSONValue?
    ) async throws(ProviderError) -> String {
        let value = try await call(method, path, query: query, body: body)
        guard let id = value["id"]?.stringValue else {
            throw ProviderError(
                .providerUnavailable, details: ["problem": "The answer names no operation."],
                mayHaveTakenEffect: true)
        }
        return id
    }

    /// The answer's metadata.
    private func call(
        _ method: HTTPRequest.Method, _ path: String, query: [HTTPRequest.Field] = [], body: JSONValue? = nil
    ) async throws(ProviderError) -> JSONValue {
        var request = HTTPRequest(
            method, host: hostname, port: port, path: "/1.0" + path,
            query: query + [.init("project", project)], headers: [.init("Accept", "application/json")])
        if let body { request.body = .json(body) }
        request.tls = tls
        let response = try await transport.send(request)
        guard response.errorKind == nil else { throw Self.refusal(response) }
        let answer = try response.json()
        guard let metadata = answer["metadata"] else { throw response.unreadable("has no metadata") }
        return metadata
    }

    /// LXD tells reasons in sentences, beside a status that says what they are.
    private static func refusal(_ response: HTTPResponse) -> ProviderError {
        do throws(ProviderError) {
            _ = try response.successful()
            return ProviderError(.internal)
        } catch {
            // Without a reason where the body is none of LXD's.
            guard let reason = try? response.json()["error"]?.lenientText else { return error }
            return error.adding("reason", .string(reason))
        }
    }
}
