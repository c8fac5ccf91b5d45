import Bus
import Logging
import Models
import ServiceRuntime
import Synchronization

/// Takes actions from the category's queue and tells what they came to.
///
/// A delivery is settled only after the bus has taken its outcome. Where it does not, the delivery comes
/// again, and is then known to be a possible repeat.
struct Dispatcher: Sendable {
    let bus: any MessageBus
    let runner: AttemptRunner
    let permits: any AttemptPermits
    let category: String
    let source: String
    let prefetch: Int
    let logger: Logger
    private let underWay = ActionsUnderWay()
    private let told = ToldAttempts()

    init(
        bus: any MessageBus, runner: AttemptRunner, permits: any AttemptPermits, category: String,
        source: String, prefetch: Int, logger: Logger
    ) {
        self.bus = bus
        self.runner = runner
        self.permits = permits
        self.category = category
        self.source = source
        self.prefetch = prefetch
        self.logger = logger
    }

    /// How long a second delivery of an action under way waits: 40 s. Twenty of these outlast the longest call (600 s) and
    /// what the orchestrator adds to it (60 s), so that it does not become a dead letter meanwhile.
    static let repeatDelay = Duration.seconds(40)
    /// How long a delivery waits whose outcome the bus did not take: 1 s.
    static let retryDelay = Duration.seconds(1)

    /// Takes actions until the task is cancelled; then lets those under way end.
    func run() async throws {
        try await bus.consume(
            ExecuteAction.self, from: .actions(category: category), prefetch: prefetch
        ) { envelope, isRedelivered in
            await handle(envelope, isRedelivered: isRedelivered)
        }
    }

    func handle(_ envelope: Envelope<ExecuteAction>, isRedelivered: Bool) async -> Settlement {
        let action = envelope.data.actionID
        guard underWay.begin(action) else {
            // The same attempt, sent twice: it comes again when the first has ended, and is looked at then.
            return .retry(after: Self.repeatDelay)
        }
        defer { underWay.end(action) }
        guard !told.contains(envelope.data) else {
            logger.debug("Left attempt that was told already", metadata: Self.metadata(of: envelope.data))
            return .done
        }
        switch await permission(for: envelope.data, isRedelivered: isRedelivered) {
        case .begin: return await carryOut(envelope, isRedelivered: isRedelivered)
        case .look: return await carryOut(envelope, isRedelivered: true)
        case .over:
            logger.debug("Left attempt that is over", metadata: Self.metadata(of: envelope.data))
            return .done
        case .wait:
            logger.info(
                "Held back attempt that another instance may have begun",
                metadata: Self.metadata(of: envelope.data))
            return .retry(after: Self.repeatDelay)
        case nil: return .retry(after: Self.retryDelay)
        }
    }

    /// Whether the attempt may be begun. Asked for again until its lease has run out or no more actions are taken, so that
    /// an orchestrator that restarts does not cost the delivery one of its tries.
    ///
    /// - Returns: nil where nobody answered.
    private func permission(for action: ExecuteAction, isRedelivered: Bool) async -> AttemptPermission? {
        guard runner.asksFirst(action, isRedelivered: isRedelivered) else { return .begin }
        while true {
            do throws(RequestFailure) {
                return try await permits.ask(for: action)
            } catch {
                logger.warning(
                    "Could not ask whether to begin an attempt",
                    metadata: Self.metadata(of: action).merging([LogKey.error: "\(error)"]) { $1 })
            }
            // Then it is answered as expired, and nothing is begun.
            guard runner.clock.now <= action.beginBefore else { return .begin }
            do {
                try await runner.clock.sleep(for: Self.retryDelay)
            } catch {
                return nil
            }
        }
    }

    private static func metadata(of action: ExecuteAction) -> Logger.Metadata {
        [LogKey.actionID: "\(action.actionID)", LogKey.attempt: "\(action.attempt)"]
    }

    private func carryOut(_ envelope: Envelope<ExecuteAction>, isRedelivered: Bool) async -> Settlement {
        let outcome = await runner.run(
            envelope.data, isRedelivered: isRedelivered, traceparent: envelope.traceparent)
        do throws(BusError) {
            try await publish(outcome, traceparent: envelope.traceparent)
            return .done
        } catch {
            guard error.kind == .tooLarge else { return held(outcome, error) }
        }
        do throws(BusError) {
            try await publish(outcome.withoutContent, traceparent: envelope.traceparent)
            return .done
        } catch {
            return held(outcome, error)
        }
    }

    private func publish(_ outcome: ActionOutcome, traceparent: String?) async throws(BusError) {
        try await bus.publish(
            outcome, to: Queue.outcomes.route, source: source, subject: outcome.actionID.rawValue,
            traceparent: traceparent)
        told.note(outcome)
    }

    private func held(_ outcome: ActionOutcome, _ error: BusError) -> Settlement {
        logger.warning(
            "Held back attempt whose outcome could not be told",
            metadata: [
                LogKey.actionID: "\(outcome.actionID)", LogKey.attempt: "\(outcome.attempt)",
                LogKey.error: "\(error)",
            ])
        return .retry(after: Self.retryDelay)
    }
}

/// The actions that this process is carrying out: each one once at a time.
private final class ActionsUnderWay: Sendable {
    private let ids = Mutex<Set<ActionID>>([])

    /// - Returns: false where it is under way already.
    func begin(_ id: ActionID) -> Bool { ids.withLock { $0.insert(id).inserted } }

    func end(_ id: ActionID) { ids.withLock { _ = $0.remove(id) } }
}

extension ActionOutcome {
    /// The outcome where result and details are larger than a message may be. What was done is then not known
    /// in full, so a success becomes unsure.
    fileprivate var withoutContent: ActionOutcome {
        var outcome = self
        outcome.result = nil
        outcome.error = ActionError(
            kind: error?.kind ?? .internal, message: error?.message ?? ErrorKind.internal.customerMessage,
            details: ["problem": "The outcome was too large for a message."])
        if outcome.outcome == .succeeded { outcome.outcome = .unsure }
        return outcome
    }
}
