package import AdapterKit
import Models
package import ServiceLifecycle
package import ServiceRuntime

/// The adapter of web hosting and its providers.
package enum HostingAdapter {
    /// The service's name.
    package static let name = "hosting-adapter"

    /// The category that it serves.
    package static let category = Hosting.blueprint.category

    package static let providers: [RegisteredProvider] = [
        .hosting(DemoProvider.self),
        .hosting(CPanelProvider.self),
    ]

    /// The composition root.
    package static func build(_ context: ServiceContext) throws -> [any Service] {
        [try Adapter.build(context, blueprint: Hosting.blueprint, providers: providers)]
    }
}
