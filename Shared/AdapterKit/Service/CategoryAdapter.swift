package import Models
package import ServiceLifecycle
package import ServiceRuntime

/// One category's adapter, as its executable runs it: what the category can do, and who does it.
package protocol CategoryAdapter: Sendable {
    static var blueprint: BlueprintDefinition { get }
    /// Each provider of the category, the demo first.
    static var providers: [RegisteredProvider] { get }
    /// Bought from the demo at the first start.
    static var demoProduct: DemoProduct { get }
}

extension CategoryAdapter {
    package static var category: String { blueprint.category }

    /// The service's name, as in `hosting-adapter`.
    package static var name: String { "\(category)-adapter" }

    /// The composition root.
    package static func build(_ context: ServiceContext) throws -> [any Service] {
        [try Adapter.build(context, blueprint: blueprint, providers: providers)]
    }
}
