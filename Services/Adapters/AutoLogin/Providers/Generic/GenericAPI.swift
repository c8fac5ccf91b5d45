import AdapterKit
import Models

/// The endpoints of an operator whose customers are signed in by software of his own. There is no vendor and
/// no page of one: what they take and answer is what the configuration's help says.
///
/// - SeeAlso: `OperatorEndpoint`
struct GenericAPI: Sendable {
    typealias Configuration = AutoLoginGenericContract.Configuration
    typealias Fields = [HTTPRequest.Field]

    let configuration: Configuration
    let timeLimit: Duration
    let transport: any HTTPTransport

    private var access: OperatorEndpoint.Access {
        .init(
            token: configuration.accessToken, verifiesTLS: configuration.skipSslVerification != true,
            timeLimit: timeLimit)
    }

    /// Whether the host of the endpoint that signs customers in answers.
    ///
    /// - Returns: its name.
    func reach() async throws(ProviderError) -> String {
        let endpoint = try loginEndpoint()
        try await endpoint.reach(access: access, over: transport)
        return endpoint.host
    }

    func create(_ fields: Fields) async throws(ProviderError) -> OperatorAnswer {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasCreate, url: configuration.createEndpointURL,
            method: configuration.createEndpointHttpMethod)
        return try await call(endpoint, fields)
    }

    func login(_ fields: Fields) async throws(ProviderError) -> OperatorAnswer {
        try await call(try loginEndpoint(), fields, isChanging: false)
    }

    func suspend(_ fields: Fields) async throws(ProviderError) {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasSuspend, url: configuration.suspendEndpointURL,
            method: configuration.suspendEndpointHttpMethod)
        _ = try await call(endpoint, fields)
    }

    func unsuspend(_ fields: Fields) async throws(ProviderError) {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasSuspend, url: configuration.unsuspendEndpointURL,
            method: configuration.unsuspendEndpointHttpMethod)
        _ = try await call(endpoint, fields)
    }

    func changePackage(_ fields: Fields) async throws(ProviderError) {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasChangePackage, url: configuration.changePackageEndpointURL,
            method: configuration.changePackageEndpointHttpMethod)
        _ = try await call(endpoint, fields)
    }

    func renew(_ fields: Fields) async throws(ProviderError) {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasRenew, url: configuration.renewEndpointURL,
            method: configuration.renewEndpointHttpMethod)
        _ = try await call(endpoint, fields)
    }

    func terminate(_ fields: Fields) async throws(ProviderError) {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasTerminate, url: configuration.terminateEndpointURL,
            method: configuration.terminateEndpointHttpMethod)
        _ = try await call(endpoint, fields)
    }

    private func loginEndpoint() throws(ProviderError) -> OperatorEndpoint {
        try OperatorEndpoint(
            url: configuration.loginEndpointURL, method: configuration.loginEndpointHttpMethod)
    }

    private func call(
        _ endpoint: OperatorEndpoint, _ fields: Fields, isChanging: Bool = true
    ) async throws(ProviderError) -> OperatorAnswer {
        try await endpoint.call(fields, isChanging: isChanging, access: access, over: transport)
    }
}
