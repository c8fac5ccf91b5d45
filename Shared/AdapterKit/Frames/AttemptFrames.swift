import Foundation
import Logging
import Metrics
import Models
import ServiceRuntime

/// The way to talk in frames that an attempt lends to its provider: holds the time limit of each call, records the
/// exchange, and writes a log line about it.
struct AttemptFrames: FrameCaller {
    let network: any FrameTransport
    let deadlines: Deadlines
    let clock: any AdapterClock
    let record: AttemptRecord
    let secrets: SecretValues
    let logger: Logger
    let category: String
    let provider: String

    private typealias Answer = Result<Data, ProviderError>

    func connect(
        to endpoint: FrameEndpoint, within timeLimit: Duration
    ) async throws(ProviderError) -> (connection: any FrameConnection, greeting: Data) {
        let (begun, network) = (clock.uptime, network)
        let (answer, ranOut) = await deadlines.limit(timeLimit) {
            () -> Result<(any FrameConnection, Data), ProviderError> in
            do throws(ProviderError) {
                let connection = try await network.connect(to: endpoint)
                do throws(FrameFailure) {
                    return .success((connection, try await connection.receive()))
                } catch {
                    return .failure(ProviderError(error, host: endpoint.host, isChanging: false))
                }
            } catch {
                return .failure(error)
            }
        }
        let opened = (answer ?? .failure(ProviderError(.internal))).mapError { $0.timedOut(if: ranOut) }
        note(
            "connect", transactionID: nil, to: endpoint.host, request: nil, opened.map(\.1), begun: begun)
        let (connection, greeting) = try opened.get()
        return (connection, greeting)
    }

    func exchange(
        _ request: FrameRequest, on connection: any FrameConnection
    ) async throws(ProviderError) -> Data {
        record.begin(isChanging: request.isChanging)
        let begun = clock.uptime
        let frame = Data(request.document.document.utf8)
        let (answer, ranOut) = await deadlines.limit(request.timeLimit) { () -> Answer in
            do throws(FrameFailure) {
                try await connection.send(frame)
                return .success(try await connection.receive())
            } catch {
                return .failure(ProviderError(error, host: connection.host, isChanging: request.isChanging))
            }
        }
        let taken = (answer ?? .failure(ProviderError(.internal, mayHaveTakenEffect: request.isChanging)))
            .mapError { $0.timedOut(if: ranOut) }
        if case .failure = taken { connection.close() }
        note(
            request.name, transactionID: request.transactionID, to: connection.host,
            request: request.document, taken, begun: begun)
        return try taken.get()
    }

    /// Records and logs.
    private func note(
        _ name: String, transactionID: String?, to host: String, request: XMLValue?, _ answer: Answer,
        begun: Duration
    ) {
        let duration = clock.uptime - begun
        let milliseconds = duration / .milliseconds(1)
        record.add(
            RecordedFrames(
                host: host, request: request, answer: answer, durationMilliseconds: milliseconds))
        var metadata: Logger.Metadata = [
            LogKey.host: "\(host)", LogKey.command: "\(name)",
            LogKey.durationMilliseconds: "\((milliseconds * 10).rounded() / 10)",
        ]
        if let transactionID { metadata[LogKey.transactionID] = "\(transactionID)" }
        if case .failure(let error) = answer { metadata[LogKey.errorKind] = "\(error.kind.rawValue)" }
        logger.info("Called provider", metadata: metadata)
        Timer(.providerCallDuration, [("category", category), ("provider", provider)]).record(
            duration: duration)
    }
}

extension ProviderError {
    /// The error of a call that its limit ended.
    fileprivate func timedOut(if ranOut: Bool) -> ProviderError {
        guard ranOut else { return self }
        var error = self
        error.kind = .timedOut
        error.message = ErrorKind.timedOut.customerMessage
        return error
    }
}
