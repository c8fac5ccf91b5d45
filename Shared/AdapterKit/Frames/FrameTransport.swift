package import Foundation

/// Opens connections to third parties that speak in frames instead of HTTP. The seam between their clients and the
/// network.
package protocol FrameTransport: Sendable {
    /// Opens a connection; with TLS, returns once both sides have agreed on it.
    ///
    /// - Throws: `providerUnavailable` where none came about, `timedOut` where the task was cancelled meanwhile,
    ///   `internal` where the client certificate cannot be read. Nothing was sent then.
    func connect(to endpoint: FrameEndpoint) async throws(ProviderError) -> any FrameConnection
}

/// A connection that carries frames, one question at a time.
package protocol FrameConnection: AnyObject, Sendable {
    /// Of the other side, for staff.
    var host: String { get }
    /// False once either side has closed it, or something came that is no frame.
    var isOpen: Bool { get }
    /// Sends one frame. Cancellation closes the connection.
    func send(_ frame: Data) async throws(FrameFailure)
    /// The next frame from the other side. Cancellation closes the connection: the frame may still come, and would then
    /// be taken for the answer to the next question.
    func receive() async throws(FrameFailure) -> Data
    /// Closes it at once. May be called again.
    func close()
}

/// Why a frame did not get through.
package struct FrameFailure: Error, Sendable, Equatable {
    package enum Kind: Sendable {
        /// The time was up.
        case timedOut
        /// The connection was lost, or the other side does not keep to the form of frames.
        case lost
    }

    package var kind: Kind
    /// One sentence for staff.
    package var problem: String

    package init(_ kind: Kind, _ problem: String) {
        self.kind = kind
        self.problem = problem
    }

    package static let closed = FrameFailure(.lost, "The connection was lost.")
    package static let cancelled = FrameFailure(.timedOut, "The time for the call was up.")
}
