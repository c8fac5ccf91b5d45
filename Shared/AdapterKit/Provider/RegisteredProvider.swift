package import Models

/// A provider as the dispatch knows it: its descriptor, and what makes it ready for a configuration.
package struct RegisteredProvider: Sendable {
    package let descriptor: ProviderDescriptor
    /// What its `<name>.yaml` says, before what it implements is known.
    package let contract: ProviderDescriptor
    let configure: @Sendable ([String: JSONValue]) throws -> any ConfiguredProvider

    /// - Parameters:
    ///   - provider: the provider's type, whose contract becomes the descriptor.
    ///   - functions: what it supports, in the blueprint's order.
    package init<P: Provider>(_ provider: P.Type, functions: FunctionTable<P>) {
        descriptor = functions.descriptor()
        contract = P.contract
        let table = Dictionary(functions.entries.map { ($0.name, $0.function) }) { first, _ in first }
        configure = { settings in
            let configuration = try JSONValueDecoder.decode(P.Configuration.self, from: .object(settings))
            return TypedConfiguredProvider<P>(configuration: configuration, functions: table)
        }
    }
}

/// A provider with its configuration decoded; kept between attempts.
protocol ConfiguredProvider: Sendable {
    /// The function, ready to be called; nil where the provider does not support it.
    func bind(
        _ function: String, parameters: [String: JSONValue], context: ProviderContext
    ) throws(ProviderError) -> (any BoundFunction)?
    func testConnection(context: ProviderContext) async throws(ProviderError) -> String
}

private struct TypedConfiguredProvider<P: Provider>: ConfiguredProvider {
    let configuration: P.Configuration
    let functions: [String: any ErasedFunction<P>]

    func bind(
        _ function: String, parameters: [String: JSONValue], context: ProviderContext
    ) throws(ProviderError) -> (any BoundFunction)? {
        guard let function = functions[function] else { return nil }
        return try function.bind(P(configuration: configuration, context: context), parameters: parameters)
    }

    func testConnection(context: ProviderContext) async throws(ProviderError) -> String {
        try await P(configuration: configuration, context: context).testConnection()
    }
}
