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

    package static let demoProduct = DemoProduct(
        name: "Website builder", function: "create",
        parameters: [
            "customer_id": "demo", "customer_name": "Demo client", "customer_email": "demo@example.com",
            "domain_name": "demo.example.com", "package_reference": "standard",
            "billing_cycle_months": 12,
        ])
}
