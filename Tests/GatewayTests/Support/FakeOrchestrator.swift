import Bus
import Crypto
import Foundation
import Models
import ServiceRuntime
import Synchronization

/// Answers the gateway's requests from memory, as a test scripts it, and keeps what was asked.
final class FakeOrchestrator: Sendable {
    struct State {
        var principals: [String: Principal] = [:]
        var sessions: [String: Principal] = [:]
        var signIns: [SignIn] = []
        var ended: [EndSessions] = []
        /// Those for whom a second factor is set up.
        var twoFactor: Set<UserID> = []
        var clients: [ClientID: Client] = [:]
        var configurations: [ConfigurationID: Configuration] = [:]
        var products: [ContractProductID: ContractProduct] = [:]
        var actions: [ActionID: Action] = [:]
        var idempotencyKeys: [String: (fingerprint: String, id: ActionID)] = [:]
        var notices: [KeptNotice] = []
        var webhooks: [WebhookID: Webhook] = [:]
        var updatedWebhooks: [UpdateWebhook] = []
        var businessEvents: [SubmitBusinessEvent] = []
        var updatedProducts: [UpdateContractProduct] = []
        var events: [EventRecord] = []
        var firstSequence = 1
        var logEntries: [LogEntry] = []
        var firstLogID = 1
        /// How many log entries fit into an answer, whatever was asked for.
        var logAnswerLimit = Int.max
        var asked: [String: Int] = [:]
        var submitted: [SubmitAction] = []
        var updatedConfigurations: [UpdateConfiguration] = []
        var createdConfigurations: [CreateConfiguration] = []
        var decisions: [DecideAction] = []
        var authentications = 0
        /// Called with a new action before it is answered; gives the action as it is answered.
        var onSubmit: @Sendable (FakeOrchestrator, Action) async throws -> Action = { $1 }
        /// What the next request of a type fails with.
        var failures: [String: RequestFailure] = [:]
    }

    let bus: EmbeddedBus
    let sealer: Sealer
    let state = Mutex(State())

    init(bus: EmbeddedBus, sealer: Sealer) {
        self.bus = bus
        self.sealer = sealer
    }

    // MARK: Scripting

    /// A token that belongs to someone.
    func addToken(_ token: String, _ principal: Principal) {
        state.withLock { $0.principals[Self.hash(token)] = principal }
    }

    /// A session of someone; gives what its cookie holds.
    func addSession(_ principal: Principal) -> String {
        let secret = "psr_session_" + TokenText.random()
        state.withLock { $0.sessions[Self.hash(secret)] = principal }
        return secret
    }

    static func hash(_ token: String) -> String {
        SHA256.hash(data: Data(token.utf8)).map { String(format: "%02x", $0) }.joined()
    }

    /// Puts an action into a state, numbers the event and publishes it.
    func change(_ id: ActionID, to newState: ActionState, result: [String: JSONValue]? = nil) async throws {
        let changed = state.withLock { state -> ActionChanged? in
            guard var action = state.actions[id] else { return nil }
            action.state = newState
            action.result = result ?? action.result
            state.actions[id] = action
            let sequence = (state.events.last?.sequence ?? 0) + 1
            state.events.append(
                EventRecord(
                    sequence: sequence, type: "action.changed", clientID: action.clientID,
                    data: ["action": Self.json(action)]))
            return ActionChanged(sequence: sequence, action: action)
        }
        guard let changed else { return }
        try await bus.publish(changed, to: .event("action.changed"), source: "/orchestrator")
    }

    static func json(_ value: some Encodable) -> JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
        } catch {
            preconditionFailure("a test value does not encode: \(error)")
        }
    }

    // MARK: Serving

    func run() async {
        await withDiscardingTaskGroup { group in
            for (queue, router) in [(Queue.orchestratorRequests, router()), (.logRequests, logRouter())] {
                group.addTask {
                    do {
                        try await self.bus.serve(queue, concurrency: 64) { await self.answer($0, router) }
                    } catch {
                        preconditionFailure("the fake could not serve: \(error)")
                    }
                }
            }
        }
    }

    private func answer(_ message: BusMessage, _ router: RequestRouter) async -> BusMessage? {
        let failure = state.withLock { state in
            state.asked[message.type, default: 0] += 1
            return state.failures.removeValue(forKey: message.type)
        }
        if let failure {
            var router = RequestRouter(source: "/fake", gate: nil) { _, _ in }
            router.fail(message.type, failure)
            return await router.answer(message)
        }
        return await router.answer(message)
    }
}

extension RequestRouter {
    /// Answers requests of a type with a failure.
    fileprivate mutating func fail(_ type: String, _ failure: RequestFailure) {
        switch type {
        case AuthenticateToken.messageType: on(AuthenticateToken.self) { _, _ in throw failure }
        case SubmitAction.messageType: on(SubmitAction.self) { _, _ in throw failure }
        case ListActions.messageType: on(ListActions.self) { _, _ in throw failure }
        case ListEvents.messageType: on(ListEvents.self) { _, _ in throw failure }
        case DecideAction.messageType: on(DecideAction.self) { _, _ in throw failure }
        case RevealDebugData.messageType: on(RevealDebugData.self) { _, _ in throw failure }
        default: preconditionFailure("add \(type) to what a fake can fail")
        }
    }
}
