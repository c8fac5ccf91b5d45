import Models

/// A registrar that speaks OpenSRS' API: only its address and its contract are its own.
protocol OpenSRSBrand: Sendable {
    associatedtype Configuration: OpenSRSConfiguration
    static var contract: ProviderDescriptor { get }
}

/// The account at one of them.
protocol OpenSRSConfiguration: Codable, Sendable {
    var connection: OpenSRSConnection { get }
}

/// Where the API is, and who signs in to it.
struct OpenSRSConnection: Sendable {
    static let port = 55_443

    var host: String
    var port = Self.port
    var username: String
    var key: String
    var verifiesTLS = true
}

enum OpenSRS: OpenSRSBrand {
    typealias Configuration = DomainsOpensrsContract.Configuration
    static let contract = DomainsOpensrsContract.descriptor
}

extension DomainsOpensrsContract.Configuration: OpenSRSConfiguration {
    /// - SeeAlso: https://domains.opensrs.guide/docs/connection-information
    var connection: OpenSRSConnection {
        OpenSRSConnection(
            host: sandbox == true ? "horizon.opensrs.net" : "rr-n1-tor.opensrs.net", username: username,
            key: key)
    }
}
