import Models

/// ResellerClub is LogicBoxes under another name.
enum ResellerClub: LogicBoxesBrand {
    typealias Configuration = DomainsResellerclubContract.Configuration
    static let contract = DomainsResellerclubContract.descriptor
}

extension DomainsResellerclubContract.Configuration: LogicBoxesConfiguration {}
