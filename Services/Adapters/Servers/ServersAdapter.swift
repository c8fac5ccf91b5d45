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
}
