package import AdapterKit
package import Models

/// The adapter of website builders and its providers.
package enum BuildersAdapter: CategoryAdapter {
    package static let blueprint = Builders.blueprint

    package static let providers: [RegisteredProvider] = [
        .builders(DemoProvider.self),
        .builders(BaseKitProvider.self),
        .builders(DudaProvider.self),
    ]
}
