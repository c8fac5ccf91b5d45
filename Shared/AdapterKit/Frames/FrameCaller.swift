package import Foundation
import Models

/// What an attempt lends for talking to a third party in frames: what goes through it is recorded for staff, with
/// secrets removed, and logged.
package protocol FrameCaller: Sendable {
    /// Opens a connection and waits for the frame with which the other side begins.
    ///
    /// - Parameter timeLimit: for both together.
    /// - Throws: `providerUnavailable` or `timedOut`; nothing was sent then.
    func connect(
        to endpoint: FrameEndpoint, within timeLimit: Duration
    ) async throws(ProviderError) -> (connection: any FrameConnection, greeting: Data)

    /// Sends a frame and waits for its answer.
    ///
    /// - Throws: `providerUnavailable` where the connection was lost, `timedOut` where no answer came in time; it is
    ///   closed then. `mayHaveTakenEffect` is set where the request is a changing one.
    func exchange(
        _ request: FrameRequest, on connection: any FrameConnection
    ) async throws(ProviderError) -> Data
}

/// A frame that asks something, and what is to be known of it.
package struct FrameRequest: Sendable {
    /// What it asks, for the log: `domain:info`.
    package var name: String
    /// What both sides know it by, for the log.
    package var transactionID: String
    package var document: XMLValue
    /// Whether it can change something at the third party.
    package var isChanging: Bool
    /// From sending to the whole answer. Default 60 s.
    package var timeLimit: Duration

    package init(
        _ name: String, transactionID: String, document: XMLValue, isChanging: Bool,
        timeLimit: Duration = .seconds(60)
    ) {
        self.name = name
        self.transactionID = transactionID
        self.document = document
        self.isChanging = isChanging
        self.timeLimit = timeLimit
    }
}

/// Where no frames can be sent.
package struct NoFrameCaller: FrameCaller {
    package init() {}

    private static let error = ProviderError(
        .internal, details: ["problem": "Frames cannot be sent from here."])

    package func connect(
        to endpoint: FrameEndpoint, within timeLimit: Duration
    ) async throws(ProviderError) -> (connection: any FrameConnection, greeting: Data) { throw Self.error }

    package func exchange(
        _ request: FrameRequest, on connection: any FrameConnection
    ) async throws(ProviderError) -> Data { throw Self.error }
}

/// A network without third parties that speak in frames.
package struct NoFrameTransport: FrameTransport {
    package init() {}

    package func connect(to endpoint: FrameEndpoint) async throws(ProviderError) -> any FrameConnection {
        throw ProviderError(.internal, details: ["problem": "No connection may be opened here."])
    }
}
