package import AdapterKit
package import Models

/// The adapter of domain names and its providers.
package enum DomainsAdapter: CategoryAdapter {
    package static let blueprint = Domains.blueprint

    package static let providers: [RegisteredProvider] = []
}
