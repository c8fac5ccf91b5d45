import Models

/// HRS is OpenSRS at another address.
enum HRS: OpenSRSBrand {
    typealias Configuration = DomainsHrsContract.Configuration
    static let contract = DomainsHrsContract.descriptor
}

extension DomainsHrsContract.Configuration: OpenSRSConfiguration {
    var connection: OpenSRSConnection {
        OpenSRSConnection(
            host: hostname, port: port ?? OpenSRSConnection.port, username: username, key: key,
            verifiesTLS: !(skipSslVerification ?? false))
    }
}
