import Bus
import Foundation
import Models
import ServiceRuntime

/// Asks the orchestrator and the log collector over the bus.
struct Upstream: Sendable {
    static let source = "/gateway"

    let bus: any MessageBus
    /// Of the key that the gateway shares with the orchestrator.
    private let sealer: Sealer
    private let collectorSealer: Sealer

    /// - Parameter sealer: of the key that the gateway shares with the orchestrator.
    init(bus: any MessageBus, sealer: Sealer) {
        self.bus = bus
        self.sealer = sealer
        collectorSealer = sealer.forLogCollector
    }

    /// Asks, and reads the reply.
    func fetch<Request: BusRequest>(
        _ request: Request, of queue: Queue = .orchestratorRequests, trace: TraceContext,
        timeout: Duration = Limits.requestTimeout
    ) async throws(RequestFailure) -> Request.Reply {
        try await bus.send(
            request, to: queue, source: Self.source, signer: signer(of: queue),
            traceparent: trace.traceparent, timeout: timeout)
    }

    /// Asks, and passes the reply on as it was written.
    func ask<Request: BusRequest>(
        _ request: Request, of queue: Queue = .orchestratorRequests, trace: TraceContext,
        timeout: Duration = Limits.requestTimeout
    ) async throws(RequestFailure) -> RawJSON {
        let answer: BusMessage
        do throws(BusError) {
            let envelope = Envelope(source: Self.source, traceparent: trace.traceparent, data: request)
            let message = signer(of: queue).signed(BusMessage(envelope), for: queue.route)
            answer = try await bus.request(message, to: queue.route, timeout: timeout)
        } catch {
            throw RequestFailure(error)
        }
        let members = RawJSON(answer.body)["data"]?.members(["failure", "value"])
        if let failure = members?[0] { throw Self.failure(failure) }
        guard let value = members?[1] else {
            throw RequestFailure(.internal, "The answer of \(queue.name) could not be read.")
        }
        return value
    }

    /// Signs requests to that queue.
    private func signer(of queue: Queue) -> Sealer {
        queue == .logRequests ? collectorSealer : sealer
    }

    private static func failure(_ raw: RawJSON) -> RequestFailure {
        do {
            return try RequestFailure(json: raw.decoded())
        } catch {
            return RequestFailure(.internal, "The failure that was answered could not be read: \(error)")
        }
    }
}
