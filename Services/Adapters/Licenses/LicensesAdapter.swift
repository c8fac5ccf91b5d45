package import AdapterKit
package import Models

/// The adapter of software licences and its providers.
package enum LicensesAdapter: CategoryAdapter {
    package static let blueprint = Licenses.blueprint

    package static let providers: [RegisteredProvider] = [
        .licenses(DemoProvider.self),
        .licenses(GenericProvider.self),
        .licenses(CPanelProvider.self),
        .licenses(WHMCSProvider.self),
    ]

    package static let demoProduct = DemoProduct(
        name: "Software licence", function: "create",
        parameters: [
            "customer_name": "Demo client", "customer_email": "demo@example.com",
            "package_identifier": "standard",
        ])
}
