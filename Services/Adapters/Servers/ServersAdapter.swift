package import AdapterKit
package import Models

/// The adapter of servers and its providers.
package enum ServersAdapter: CategoryAdapter {
    package static let blueprint = Servers.blueprint

    package static let providers: [RegisteredProvider] = [
        .servers(DemoProvider.self),
        .servers(LinodeProvider.self),
        .servers(VirtfusionProvider.self),
        .servers(SolusVMProvider.self),
        .servers(VirtualizorProvider.self),
        .servers(LXDProvider.self),
    ]

    package static let demoProduct = DemoProduct(
        name: "Virtual server", function: "create",
        parameters: [
            "email": "demo@example.com", "label": "demo.example.com", "location": "London",
            "image": "Debian 12", "size": "small",
        ])
}
