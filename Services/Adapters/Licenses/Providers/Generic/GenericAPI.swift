import AdapterKit
import Models

/// The endpoints of an operator who keeps licences by software of his own. There is no vendor and no page of
/// one: what they take and answer is what the configuration's help says.
///
/// - SeeAlso: `OperatorEndpoint`
struct GenericAPI: Sendable {
    typealias Configuration = LicensesGenericContract.Configuration
    typealias Fields = [HTTPRequest.Field]

    let configuration: Configuration
    let timeLimit: Duration
    let transport: any HTTPTransport

    private var access: OperatorEndpoint.Access {
        .init(token: configuration.accessToken, timeLimit: timeLimit)
    }

    /// Whether the host of the endpoint that issues licences answers.
    ///
    /// - Returns: its name.
    func reach() async throws(ProviderError) -> String {
        let endpoint = try createEndpoint()
        try await endpoint.reach(access: access, over: transport)
        return endpoint.host
    }

    func create(_ fields: Fields) async throws(ProviderError) -> OperatorAnswer {
        try await call(try createEndpoint(), fields)
    }

    func renew(_ fields: Fields) async throws(ProviderError) -> OperatorAnswer {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasRenew, url: configuration.renewEndpointURL,
            method: configuration.renewEndpointHttpMethod)
        return try await call(endpoint, fields)
    }

    func changePackage(_ fields: Fields) async throws(ProviderError) -> OperatorAnswer {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasChangePackage, url: configuration.changePackageEndpointURL,
            method: configuration.changePackageEndpointHttpMethod)
        return try await call(endpoint, fields)
    }

    func getUsageData(_ fields: Fields) async throws(ProviderError) -> OperatorAnswer {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasUsageData, url: configuration.getUsageDataEndpointURL,
            method: configuration.getUsageDataEndpointHttpMethod)
        return try await call(endpoint, fields, isChanging: false)
    }

    func reissue(_ fields: Fields) async throws(ProviderError) -> OperatorAnswer {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasReissue, url: configuration.reissueEndpointURL,
            method: configuration.reissueEndpointHttpMethod)
        return try await call(endpoint, fields)
    }

    func suspend(_ fields: Fields) async throws(ProviderError) {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasSuspension, url: configuration.suspendEndpointURL,
            method: configuration.suspendEndpointHttpMethod)
        _ = try await call(endpoint, fields)
    }

    func unsuspend(_ fields: Fields) async throws(ProviderError) {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasSuspension, url: configuration.unsuspendEndpointURL,
            method: configuration.unsuspendEndpointHttpMethod)
        _ = try await call(endpoint, fields)
    }

    func terminate(_ fields: Fields) async throws(ProviderError) {
        let endpoint = try OperatorEndpoint(
            isOffered: configuration.hasTermination, url: configuration.terminateEndpointURL,
            method: configuration.terminateEndpointHttpMethod)
        _ = try await call(endpoint, fields)
    }

    private func createEndpoint() throws(ProviderError) -> OperatorEndpoint {
        try OperatorEndpoint(
            url: configuration.createEndpointURL, method: configuration.createEndpointHttpMethod)
    }

    private func call(
        _ endpoint: OperatorEndpoint, _ fields: Fields, isChanging: Bool = true
    ) async throws(ProviderError) -> OperatorAnswer {
        try await endpoint.call(fields, isChanging: isChanging, access: access, over: transport)
    }
}
