import Bus
package import Models
import ServiceRuntime

/// Says whether this process may begin an attempt, so that no two processes carry out the same one.
package protocol AttemptPermits: Sendable {
    /// - Throws: where nobody answers; the attempt must not be begun then.
    func ask(for action: ExecuteAction) async throws(RequestFailure) -> AttemptPermission
}

/// Asks the orchestrator, over the bus.
struct BusAttemptPermits: AttemptPermits {
    /// How long the orchestrator may take: 10 s.
    static let timeout = Duration.seconds(10)

    let bus: any MessageBus
    let instance: String
    let source: String
    let signer: Sealer

    func ask(for action: ExecuteAction) async throws(RequestFailure) -> AttemptPermission {
        let request = BeginAttempt(actionID: action.actionID, attempt: action.attempt, instance: instance)
        return try await bus.send(
            request, to: .orchestratorRequests, source: source, signer: signer, timeout: Self.timeout
        ).permission
    }
}
