import Models

/// A registrar that runs on LogicBoxes: only its name and its contract are its own.
protocol LogicBoxesBrand: Sendable {
    associatedtype Configuration: LogicBoxesConfiguration
    static var contract: ProviderDescriptor { get }
}

/// The account at one of them.
protocol LogicBoxesConfiguration: Codable, Sendable {
    var resellerID: String { get }
    var apiKey: String { get }
    var sandbox: Bool? { get }
}

enum LogicBoxes: LogicBoxesBrand {
    typealias Configuration = DomainsLogicBoxesContract.Configuration
    static let contract = DomainsLogicBoxesContract.descriptor
}

extension DomainsLogicBoxesContract.Configuration: LogicBoxesConfiguration {}
