import AdapterKit
import Models

/// The registry of ng, which runs CoCCA's software.
struct NIRAProvider: CoCCARegistrar {
    typealias Configuration = DomainsNiraContract.Configuration
    static let contract = DomainsNiraContract.descriptor

    let client: EPPClient
    let context: ProviderContext
    let endings = ["ng"]

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        let endpoint = FrameEndpoint(host: "registry.nic.net.ng", port: EPPAccount.usualPort)
        client = EPPClient(
            Self.account(configuration.eppUsername, configuration.eppPassword, at: endpoint),
            provider: Self.contract.provider, context: context)
    }
}
