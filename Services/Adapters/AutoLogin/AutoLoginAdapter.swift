package import AdapterKit
package import Models

/// The adapter of outside services that sign customers in and its providers.
package enum AutoLoginAdapter: CategoryAdapter {
    package static let blueprint = AutoLogin.blueprint

    package static let providers: [RegisteredProvider] = [
        .autoLogin(DemoProvider.self),
        .autoLogin(GenericProvider.self),
        .autoLogin(SpamExpertsProvider.self),
    ]

    package static let demoProduct = DemoProduct(
        name: "Outside service", function: "create",
        parameters: ["user_id": "demo", "email": "demo@example.com", "package_identifier": "standard"])
}
