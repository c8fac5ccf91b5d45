import Models

/// ResellBiz is LogicBoxes under another name.
enum ResellBiz: LogicBoxesBrand {
    typealias Configuration = DomainsResellBizContract.Configuration
    static let contract = DomainsResellBizContract.descriptor
}

extension DomainsResellBizContract.Configuration: LogicBoxesConfiguration {}
