import Bus
import Models
import ServiceLifecycle
import ServiceRuntime

/// Applies what attempts come to.
package struct OutcomeConsumer: Service {
    let bus: any MessageBus
    let actions: ActionService

    package func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await bus.consume(
                ActionOutcome.self, from: .outcomes, prefetch: Orchestrator.outcomePrefetch
            ) { envelope, _ in
                await actions.apply(envelope.data, traceparent: envelope.traceparent)
            }
        }
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
