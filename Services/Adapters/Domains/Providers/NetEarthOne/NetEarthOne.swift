import Models

/// NetEarthOne is LogicBoxes under another name.
enum NetEarthOne: LogicBoxesBrand {
    typealias Configuration = DomainsNetearthoneContract.Configuration
    static let contract = DomainsNetearthoneContract.descriptor
}

extension DomainsNetearthoneContract.Configuration: LogicBoxesConfiguration {}
