package import AdapterKit
package import Models

/// The adapter of web hosting and its providers.
package enum HostingAdapter: CategoryAdapter {
    package static let blueprint = Hosting.blueprint

    package static let providers: [RegisteredProvider] = [
        .hosting(DemoProvider.self),
        .hosting(CPanelProvider.self),
        .hosting(PleskProvider.self),
        .hosting(DirectAdminProvider.self),
        .hosting(EnhanceProvider.self),
        .hosting(TwentyIProvider.self),
    ]

    package static let demoProduct = DemoProduct(
        name: "Web hosting", function: "create",
        parameters: ["domain": "demo.example.com", "package_name": "starter"])
}
