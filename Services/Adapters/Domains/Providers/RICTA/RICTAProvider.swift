import AdapterKit
import Models

/// The registry of rw, which runs CoCCA's software.
struct RICTAProvider: CoCCARegistrar {
    typealias Configuration = DomainsRictaContract.Configuration
    static let contract = DomainsRictaContract.descriptor

    let client: EPPClient
    let context: ProviderContext
    let endings = ["rw"]

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        let endpoint = FrameEndpoint(host: "registry.ricta.org.rw", port: EPPAccount.usualPort)
        client = EPPClient(
            Self.account(configuration.eppUsername, configuration.eppPassword, at: endpoint),
            provider: Self.contract.provider, context: context)
    }
}
