import Bus
import Logging
import Models
import ServiceRuntime
import Synchronization

/// Takes actions from the category's queue and tells what they came to.
///
/// A delivery is settled only after the bus has taken its outcome. Where it does not, or this process ends before, the
/// delivery comes again. What it was to change may then be done and told, and a later action under way: so it is not run,
/// but goes back to the orchestrator, behind an outcome that was told. Where there was none, the action is handed over
/// once more, as one that may be done.
struct Dispatcher: Sendable {
    let bus: any MessageBus
    let runner: AttemptRunner
    let permits: any AttemptPermits
    let category: String
    let source: String
    let signer: Sealer
    let check: SignatureCheck
    let prefetch: Int
    let logger: Logger
    private let underWay = ActionsUnderWay()
    private let told = ToldAttempts()

    init(
        bus: any MessageBus, runner: AttemptRunner, permits: any AttemptPermits, category: String,
        source: String, signer: Sealer, check: SignatureCheck, prefetch: Int, logger: Logger
    ) {
        self.bus = bus
        self.runner = runner
        self.permits = permits
        self.category = category
        self.source = source
        self.signer = signer
        self.check = check
        self.prefetch = prefetch
        self.logger = logger
    }

    /// How long a second delivery of an action under way waits: 30 s. Twenty of these outlast the longest call (600 s), so
    /// that it does not become a dead letter meanwhile.
    static let repeatDelay = Duration.seconds(30)
    /// How long a delivery waits whose outcome the bus did not take: 1 s.
    static let retryDelay = Duration.seconds(1)
    /// How long it waits before it asks again whether another process is still at an attempt: 5 s.
    static let waitDelay = Duration.seconds(5)

    /// Takes actions until the task is cancelled; then lets those under way end.
    func run() async throws {
        try await bus.consume(
            ExecuteAction.self, from: .actions(category: category), prefetch: prefetch, check: check,
            isExpected: { $0 == .orchestrator }
        ) { envelope, isRedelivered, _ in
            await handle(envelope, isRedelivered: isRedelivered)
        }
    }

    func handle(_ envelope: Envelope<ExecuteAction>, isRedelivered: Bool) async -> Settlement {
        let action = envelope.data.actionID
        guard underWay.begin(action) else {
            // The same attempt, sent twice: it comes again when the first has ended, and is looked at then.
            return .retry(after: Self.repeatDelay)
        }
        if told.contains(envelope.data) {
            underWay.end(action)
            logger.debug("Left attempt that was told already", metadata: Self.metadata(of: envelope.data))
            return .done
        }
        if isRedelivered, runner.isChange(envelope.data) {
            // The next attempt may be here before the bus confirms this.
            underWay.end(action)
            return await tell(runner.handBack(envelope.data), of: envelope)
        }
        defer { underWay.end(action) }
        switch await permission(for: envelope.data) {
        case .begin: return await carryOut(envelope, isRedelivered: isRedelivered)
        case .look: return await carryOut(envelope, isRedelivered: true)
        case .over:
            logger.debug("Left attempt that is over", metadata: Self.metadata(of: envelope.data))
            return .done
        case .wait, nil: return .retry(after: Self.retryDelay)
        }
    }

    /// Whether the attempt may be begun. Asked for again while another process may be at it, or nobody answers: until its
    /// lease has run out, or no more actions are taken.
    ///
    /// - Returns: `wait` or nil where no more actions are taken.
    private func permission(for action: ExecuteAction) async -> AttemptPermission? {
        guard runner.asksFirst(action) else { return .begin }
        while true {
            var permission: AttemptPermission?
            do throws(RequestFailure) {
                permission = try await permits.ask(for: action)
                guard permission == .wait else { return permission }
                logger.info(
                    "Waited for another instance that may have begun an attempt",
                    metadata: Self.metadata(of: action))
            } catch {
                logger.warning(
                    "Could not ask whether to begin an attempt",
                    metadata: Self.metadata(of: action).merging([LogKey.error: "\(error)"]) { $1 })
            }
            // Then it is answered as expired, and nothing is begun.
            guard runner.clock.now <= action.beginBefore else { return .begin }
            do {
                try await runner.clock.sleep(for: permission == .wait ? Self.waitDelay : Self.retryDelay)
            } catch {
                return permission
            }
        }
    }

    private static func metadata(of action: ExecuteAction) -> Logger.Metadata {
        [LogKey.actionID: "\(action.actionID)", LogKey.attempt: "\(action.attempt)"]
    }

    private func carryOut(_ envelope: Envelope<ExecuteAction>, isRedelivered: Bool) async -> Settlement {
        let outcome = await runner.run(
            envelope.data, isRedelivered: isRedelivered, traceparent: envelope.traceparent)
        CrashPoint.beforePublish.reach([envelope.data.crashSubject])
        return await tell(outcome, of: envelope)
    }

    private func tell(_ outcome: ActionOutcome, of envelope: Envelope<ExecuteAction>) async -> Settlement {
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
            traceparent: traceparent, signer: signer)
        told.note(outcome)
        CrashPoint.beforeAcknowledgement.reach([outcome.actionID.rawValue])
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
