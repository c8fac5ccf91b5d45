package import AdapterKit
package import Models

/// The adapter of servers and its providers.
package enum ServersAdapter: CategoryAdapter {
    package static let blueprint = Servers.blueprint

    package static let providers: [RegisteredProvider] = []
}
