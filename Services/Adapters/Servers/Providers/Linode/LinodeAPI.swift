import AdapterKit
import Models

/// Version 4 of the Linode API: one method an endpoint. The token goes in a header.
///
/// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/api
struct LinodeAPI: Sendable {
    static let host = "api.linode.com"
    /// Pages that are read of one list: at 100 entries each more than any account has of types.
    static let pageLimit = 50

    let accessToken: String
    let transport: any HTTPTransport

    // MARK: What is offered

    /// An image by its id, as in `linode/debian12`; nil where there is none.
    ///
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/get-image
    func image(_ id: String) async throws(ProviderError) -> LinodeOffer? {
        try await optional("/images/\(id)").flatMap(LinodeOffer.init)
    }

    /// Images of one label.
    ///
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/get-images
    func images(label: String) async throws(ProviderError) -> [LinodeOffer] {
        try await list("/images", filter: ["label": .string(label)]).compactMap(LinodeOffer.init)
    }

    /// A type by its id, as in `g6-nanode-1`; nil where there is none.
    ///
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/get-linode-type
    func type(_ id: String) async throws(ProviderError) -> LinodeOffer? {
        try await optional("/linode/types/\(id)").flatMap(LinodeOffer.init)
    }

    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/get-linode-types
    func types() async throws(ProviderError) -> [LinodeOffer] {
        try await list("/linode/types").compactMap(LinodeOffer.init)
    }

    /// Whether there is a region of this id, as in `eu-west`.
    ///
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/get-region
    func hasRegion(_ id: String) async throws(ProviderError) -> Bool {
        try await optional("/regions/\(id)") != nil
    }

    /// The name that the token belongs to.
    ///
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/get-profile
    func profile() async throws(ProviderError) -> String {
        try await call(.get, "/profile")["username"]?.lenientText ?? "somebody"
    }

    // MARK: Instances

    /// - Throws: `notFound` where there is none.
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/get-linode-instance
    func instance(_ id: String) async throws(ProviderError) -> LinodeInstance {
        let answer = try await send(.get, "/linode/instances/\(id)")
        return try Self.instance(in: answer)
    }

    /// Instances of one label; the account has at most one.
    ///
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/get-linode-instances
    func instances(label: String) async throws(ProviderError) -> [LinodeInstance] {
        try await list("/linode/instances", filter: ["label": .string(label)]).compactMap(LinodeInstance.init)
    }

    /// Makes an instance, which the cloud then builds and starts.
    ///
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/post-linode-instance
    func createInstance(
        label: String, region: String, type: String, image: String, rootPassword: String
    ) async throws(ProviderError) -> LinodeInstance {
        let answer = try await send(
            .post, "/linode/instances",
            body: [
                "label": .string(label), "region": .string(region), "type": .string(type),
                "image": .string(image), "root_pass": .string(rootPassword),
            ])
        return try Self.instance(in: answer)
    }

    /// Deletes an instance and its disks for good.
    ///
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/delete-linode-instance
    func deleteInstance(_ id: String) async throws(ProviderError) {
        try await send(.delete, "/linode/instances/\(id)")
    }

    /// Wipes an instance's disks and installs an image.
    ///
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/post-rebuild-linode-instance
    func rebuildInstance(_ id: String, image: String, rootPassword: String) async throws(ProviderError) {
        try await send(
            .post, "/linode/instances/\(id)/rebuild",
            body: ["image": .string(image), "root_pass": .string(rootPassword)])
    }

    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/post-resize-linode-instance
    func resizeInstance(_ id: String, type: String) async throws(ProviderError) {
        try await send(.post, "/linode/instances/\(id)/resize", body: ["type": .string(type)])
    }

    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/post-boot-linode-instance
    func bootInstance(_ id: String) async throws(ProviderError) {
        try await send(.post, "/linode/instances/\(id)/boot")
    }

    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/post-reboot-linode-instance
    func rebootInstance(_ id: String) async throws(ProviderError) {
        try await send(.post, "/linode/instances/\(id)/reboot")
    }

    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/post-shutdown-linode-instance
    func shutDownInstance(_ id: String) async throws(ProviderError) {
        try await send(.post, "/linode/instances/\(id)/shutdown")
    }

    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/get-linode-disks
    func disks(of id: String) async throws(ProviderError) -> [LinodeDisk] {
        try await list("/linode/instances/\(id)/disks").compactMap(LinodeDisk.init)
    }

    /// Sets the password of root on a disk; its instance has to be off.
    ///
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/post-disk-password
    func resetPassword(_ password: String, disk: String, of id: String) async throws(ProviderError) {
        try await send(
            .post, "/linode/instances/\(id)/disks/\(disk)/password", body: ["password": .string(password)])
    }
}

// MARK: Calls

extension LinodeAPI {
    private static func instance(in answer: HTTPResponse) throws(ProviderError) -> LinodeInstance {
        guard let instance = LinodeInstance(try answer.json()) else {
            throw answer.unreadable("has no instance")
        }
        return instance
    }

    private func call(_ method: HTTPRequest.Method, _ path: String) async throws(ProviderError) -> JSONValue {
        try await send(method, path).json()
    }

    /// What is at the path; nil where there is nothing.
    private func optional(_ path: String) async throws(ProviderError) -> JSONValue? {
        do throws(ProviderError) {
            return try await call(.get, path)
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }

    /// All pages of a list.
    ///
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/filtering-and-sorting
    private func list(_ path: String, filter: JSONValue? = nil) async throws(ProviderError) -> [JSONValue] {
        let headers = filter.map { [HTTPRequest.Field("X-Filter", $0.text)] } ?? []
        var entries: [JSONValue] = []
        for page in 1...Self.pageLimit {
            let answer = try await send(
                .get, path, query: [.init("page", String(page))], headers: headers)
            let body = try answer.json()
            guard let data = body["data"]?.arrayValue else { throw answer.unreadable("has no list") }
            entries += data
            if Double(page) >= body["pages"]?.lenientNumber ?? 1 { break }
        }
        return entries
    }

    @discardableResult
    private func send(
        _ method: HTTPRequest.Method, _ path: String, query: [HTTPRequest.Field] = [],
        headers: [HTTPRequest.Field] = [], body: JSONValue? = nil
    ) async throws(ProviderError) -> HTTPResponse {
        let answer = try await transport.send(
            HTTPRequest(
                method, host: Self.host, path: "/v4" + path, query: query,
                headers: [
                    .init("Accept", "application/json"), .init("Authorization", "Bearer \(accessToken)"),
                ] + headers, body: body.map { .json($0) } ?? .none))
        guard answer.errorKind != nil else { return answer }
        throw Self.refusal(answer)
    }

    /// What a refusal means. The one place where this is decided.
    ///
    /// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/errors
    private static func refusal(_ answer: HTTPResponse) -> ProviderError {
        var error = ProviderError(.internal)
        do throws(ProviderError) {
            _ = try answer.successful()
        } catch let failure {
            error = failure
        }
        // Errors of the servers in front of the API come as HTML.
        guard let errors = (try? answer.json())?["errors"] else { return error }
        error.details["errors"] = errors
        guard answer.status == 400 else { return error }
        let reasons = (errors.arrayValue ?? []).compactMap { $0["reason"]?.lenientText?.lowercased() }
        if reasons.contains(where: { $0.contains("must be unique") }) {
            error.kind = .alreadyExists
            error.message = "There is a server of this name already."
        } else {
            // A field is named where a value of it is at fault, otherwise it is the instance's state.
            let namesField = errors.arrayValue?.contains { $0["field"]?.lenientText != nil } ?? false
            error.kind = namesField ? .invalidInput : .rejected
            error.message = error.kind.customerMessage
        }
        return error
    }
}
