package import AdapterKit
package import Models

/// The adapter of office tools and its providers.
package enum OfficeToolsAdapter: CategoryAdapter {
    package static let blueprint = OfficeTools.blueprint

    package static let providers: [RegisteredProvider] = [
        .officeTools(DemoProvider.self),
        .officeTools(TitanMailProvider.self),
    ]

    package static let demoProduct = DemoProduct(
        name: "Office mail", function: "create",
        parameters: [
            "domain": "demo.example.com", "customer_id": "demo", "customer_email": "demo@example.com",
            "plan": "standard", "seat_count": 5, "billing": ["amount": 60, "currency": "GBP"],
        ])
}
