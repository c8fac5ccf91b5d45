import AdapterKit
import Models

/// A registry that runs CoCCA's software, at an address that the configuration tells.
struct CoCCAProvider: CoCCARegistrar {
    typealias Configuration = DomainsCoccaContract.Configuration
    static let contract = DomainsCoccaContract.descriptor

    let client: EPPClient
    let context: ProviderContext
    let endings: [String]

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        let endpoint = FrameEndpoint(
            host: configuration.hostname, port: configuration.port ?? EPPAccount.usualPort,
            verifiesName: configuration.verifyPeerName ?? true, clientCertificate: configuration.certificate)
        client = EPPClient(
            Self.account(configuration.eppUsername, configuration.eppPassword, at: endpoint),
            provider: Self.contract.provider, context: context)
        let told = (configuration.supportedTlds ?? "").lowercased().split { ", ;".contains($0) }
            .map { String($0.drop { $0 == "." }) }
        let last = configuration.hostname.lowercased().split(separator: ".").last.map(String.init)
        endings = told.isEmpty ? [last].compactMap { $0 } : told
    }
}
