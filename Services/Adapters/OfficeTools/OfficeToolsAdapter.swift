package import AdapterKit
package import Models

/// The adapter of office tools and its providers.
package enum OfficeToolsAdapter: CategoryAdapter {
    package static let blueprint = OfficeTools.blueprint

    package static let providers: [RegisteredProvider] = [
        .officeTools(DemoProvider.self),
        .officeTools(TitanMailProvider.self),
    ]
}
