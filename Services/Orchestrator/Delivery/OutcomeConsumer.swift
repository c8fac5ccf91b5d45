import Bus
import Models
import ServiceLifecycle
import ServiceRuntime

/// Applies what attempts come to.
///
/// One that cannot be stored, as on a full disk, is held and tried again every second: were it given back each time, it
/// would be a dead letter after 20 of them. After 10 min it is given back all the same, well before a broker would cut off
/// who holds it.
package struct OutcomeConsumer: Service {
    /// How often an outcome is tried before it is given back.
    private static let triesBeforeReturn = 600

    let bus: any MessageBus
    let actions: ActionService
    let check: SignatureCheck

    package func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await bus.consume(
                ActionOutcome.self, from: .outcomes, prefetch: Orchestrator.outcomePrefetch, check: check,
                isExpected: { $0.category != nil }
            ) { envelope, _, sender in
                await apply(envelope, from: sender.category)
            }
        }
    }

    private func apply(_ envelope: Envelope<ActionOutcome>, from category: String?) async -> Settlement {
        for _ in 1..<Self.triesBeforeReturn {
            let settlement = await actions.apply(
                envelope.data, traceparent: envelope.traceparent, from: category)
            guard case .retry(let delay) = settlement, await Pause.wait(delay) else { return settlement }
        }
        return await actions.apply(envelope.data, traceparent: envelope.traceparent, from: category)
    }
}

/// Answers requests.
package struct RequestServer: Service {
    let bus: any MessageBus
    let router: RequestRouter

    package func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await bus.serve(.orchestratorRequests, concurrency: Orchestrator.requestConcurrency) {
                message in
                await router.answer(message)
            }
        }
    }
}
