import Logging
import Metrics
import Models
import ServiceRuntime

extension AttemptRunner {
    /// Whether an attempt would change something, and not only look at what the provider is working on.
    func isChange(_ action: ExecuteAction) -> Bool {
        action.deferredReference == nil && blueprint.function(action.function)?.isChanging ?? false
    }

    /// The outcome of an attempt that another delivery of it may have begun.
    func handBack(_ action: ExecuteAction) -> ActionOutcome {
        logger.warning(
            "Handed back attempt that may have been begun before",
            metadata: [LogKey.actionID: "\(action.actionID)", LogKey.attempt: "\(action.attempt)"])
        return ActionOutcome(
            actionID: action.actionID, attempt: action.attempt, outcome: .expired, observed: false,
            mayHaveBegun: true, begunAt: clock.now, endedAt: clock.now)
    }

    /// Writes the verdict as the message that tells it, and as a log entry with the provider's traffic.
    func end(
        _ action: ExecuteAction, _ verdict: Verdict, prepared: PreparedAttempt?, begunAt: Timestamp,
        begun: Duration,
        logger: Logger
    ) -> ActionOutcome {
        var outcome = ActionOutcome(
            actionID: action.actionID, attempt: action.attempt, outcome: .failed, observed: false,
            begunAt: begunAt,
            endedAt: clock.now)
        switch verdict {
        case .succeeded(let result, let observed):
            outcome.observed = observed
            sealResult(result, of: action, prepared, in: &outcome)
        case .deferred(let reference, let pollAfter):
            outcome.outcome = .deferred
            outcome.deferredReference = reference
            outcome.pollAfterSeconds = pollAfter.wholeSeconds
        case .failed(let error):
            outcome.error = actionError(error, prepared)
            outcome.retryAfterSeconds = error.retryAfter?.wholeSeconds
        case .unsure(let error):
            outcome.outcome = .unsure
            outcome.error = actionError(error, prepared)
        }
        let duration = clock.uptime - begun
        log(outcome, of: action, prepared, milliseconds: duration / .milliseconds(1), logger: logger)
        // A provider or function that is not known must not make a series of its own.
        if prepared != nil { count(outcome, of: action, duration: duration) }
        return outcome
    }

    private func count(_ outcome: ActionOutcome, of action: ExecuteAction, duration: Duration) {
        let labels = [
            ("category", action.category), ("provider", action.provider), ("function", action.function),
        ]
        Counter(.attempts, labels + [("outcome", outcome.outcome.rawValue)]).increment()
        Timer(.attemptDuration, labels).record(duration: duration)
    }

    private func sealResult(
        _ result: [String: JSONValue], of action: ExecuteAction, _ prepared: PreparedAttempt?,
        in outcome: inout ActionOutcome
    ) {
        let fields = prepared?.definition.result ?? []
        do {
            outcome.result =
                try fields.contains(where: \.hasSecrets)
                ? sealer.seal(secretsOf: result, fields: fields, context: "\(action.actionID)/result")
                : result
            outcome.outcome = .succeeded
            _ = fields.mapSecrets(in: result) { value, _ in
                prepared?.secrets.add(value)
                return value
            }
        } catch {
            // It was done, but what it came to cannot be told: a person has to look.
            outcome.outcome = .unsure
            outcome.error = ActionError(
                kind: .internal, message: ErrorKind.internal.customerMessage,
                details: ["problem": "The result could not be sealed."])
        }
    }

    private func actionError(_ error: ProviderError, _ prepared: PreparedAttempt?) -> ActionError {
        guard let redactor = prepared?.secrets.redactor else {
            return ActionError(kind: error.kind, message: error.message, details: error.details)
        }
        return ActionError(
            kind: error.kind, message: redactor.redact(error.message),
            details: error.details.mapValues { redactor.redact($0) })
    }

    private func log(
        _ outcome: ActionOutcome, of action: ExecuteAction, _ prepared: PreparedAttempt?,
        milliseconds: Double,
        logger: Logger
    ) {
        var metadata: Logger.Metadata = [
            LogKey.outcome: "\(outcome.outcome.rawValue)",
            LogKey.durationMilliseconds: "\((milliseconds * 10).rounded() / 10)",
        ]
        if let error = outcome.error {
            metadata[LogKey.errorKind] = "\(error.kind.rawValue)"
            metadata[LogKey.error] = "\(error.message)"
        }
        if let text = prepared.flatMap({ $0.record.debugText($0.secrets) }) {
            // A failure to seal must not show the traffic; that it is missing shows by itself.
            metadata[LogKey.debug] =
                (try? sealer.seal(.string(text), context: "\(action.actionID)/debug")).map { "\($0)" }
        }
        let level: Logger.Level =
            switch outcome.outcome {
            case .succeeded, .deferred: .info
            case .failed, .expired: .warning
            case .unsure: .error
            }
        logger.log(level: level, "Ended attempt", metadata: metadata)
    }
}

extension Duration {
    /// Rounded up, at least 0 and at most a year.
    fileprivate var wholeSeconds: Int {
        let (seconds, attoseconds) = min(max(self, .zero), .seconds(31_536_000)).components
        return Int(seconds) + (attoseconds > 0 ? 1 : 0)
    }
}
