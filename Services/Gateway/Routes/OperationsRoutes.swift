import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

extension [HTTPRoute] {
    /// What operators look at.
    static func operations(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .get, path: "/v1/status", tag: "Operations", name: "showStatus",
                summary: "What the orchestrator knows of itself", access: .admin,
                answers: [.ok("SystemStatus")]
            ) { call in .json(try await parts.upstream.ask(ShowStatus(), trace: call.trace)) },
            HTTPRoute(
                method: .get, path: "/v1/dead-letters", tag: "Operations", name: "listDeadLetters",
                summary: "Messages that no one could process, newest first, at most 200", access: .admin,
                answers: [.ok("DeadLetterList")]
            ) { call in
                .json(try await parts.upstream.ask(ListDeadLetters(), trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .post, path: "/v1/dead-letters/{id}/requeue", tag: "Operations",
                name: "requeueDeadLetter",
                summary: "Sends a dead letter again to where it came from", access: .admin,
                body: .none(named: "NoContent"), answers: [.ok("DeadLetter", "The dead letter as it is now")]
            ) { call in
                let request = RequeueDeadLetter(id: try call.number())
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
        ]
    }
}
