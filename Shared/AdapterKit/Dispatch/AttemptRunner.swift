package import Logging
package import Models
package import ServiceRuntime

/// Carries out one attempt: from the message that hands it over to the outcome. Never throws and never traps;
/// whatever the message holds, there is an outcome.
package struct AttemptRunner: Sendable {
    let blueprint: BlueprintDefinition
    let providers: [String: RegisteredProvider]
    let sealer: Sealer
    let configurations: ConfigurationCache
    let network: any HTTPTransport
    let frames: any FrameTransport
    let sessions: SessionPool
    let simulator: Simulator
    let notices: any NoticeStore
    let clock: any AdapterClock
    let deadlines: Deadlines
    /// The longest that a call may take, whatever the message says.
    let callLimit: Duration
    let logger: Logger
    /// The wire keys of secrets, by provider and function.
    let secretNames: [FunctionKey: Set<String>]

    struct FunctionKey: Hashable, Sendable {
        let provider: String
        let function: String
    }

    /// The longest that a call may take where nothing else is configured: 600 s.
    package static let defaultCallLimit = Duration.seconds(600)

    package init(
        blueprint: BlueprintDefinition, providers: [RegisteredProvider], sealer: Sealer,
        network: any HTTPTransport, frames: any FrameTransport = NoFrameTransport(),
        sessions: SessionPool? = nil,
        simulator: Simulator, notices: any NoticeStore = NoNoticeStore(), clock: any AdapterClock,
        deadlines: Deadlines,
        callLimit: Duration = defaultCallLimit, logger: Logger
    ) {
        self.blueprint = blueprint
        self.providers = Dictionary(providers.map { ($0.descriptor.provider, $0) }) { first, _ in first }
        self.sealer = sealer
        configurations = ConfigurationCache(sealer: sealer)
        self.network = network
        self.frames = frames
        self.sessions = sessions ?? SessionPool(clock: clock, deadlines: deadlines)
        self.simulator = simulator
        self.notices = notices
        self.clock = clock
        self.deadlines = deadlines
        self.callLimit = callLimit
        self.logger = logger
        var names: [FunctionKey: Set<String>] = [:]
        for provider in providers {
            let own = provider.descriptor.configuration.secretNames
            for function in blueprint.functions {
                names[FunctionKey(provider: provider.descriptor.provider, function: function.name)] =
                    own.union(function.parameters.secretNames).union(function.result.secretNames)
            }
        }
        secretNames = names
    }

    /// What an attempt came to, before it is written as a message.
    enum Verdict: Sendable {
        case succeeded([String: JSONValue], observed: Bool)
        case deferred(reference: String, pollAfter: Duration)
        case failed(ProviderError)
        case unsure(ProviderError)
    }

    /// - Parameters:
    ///   - isRedelivered: whether the bus may have delivered the same message before.
    ///   - traceparent: W3C trace context of the message.
    package func run(
        _ action: ExecuteAction, isRedelivered: Bool, traceparent: String?
    ) async -> ActionOutcome {
        let begunAt = clock.now
        var logger = logger
        let trace = traceparent.flatMap(TraceContext.init(traceparent:))
        logger.bind(action, trace)
        guard begunAt <= action.beginBefore else {
            logger.warning("Left attempt whose lease had run out")
            return ActionOutcome(
                actionID: action.actionID, attempt: action.attempt, outcome: .expired, observed: false,
                mayHaveBegun: isRedelivered ? true : nil, begunAt: begunAt, endedAt: begunAt)
        }
        logger.info(
            "Began attempt",
            metadata: action.possibleDuplicate || isRedelivered ? [LogKey.possibleDuplicate: "true"] : nil)
        let begun = clock.uptime
        let prepared: PreparedAttempt
        do throws(ProviderError) {
            prepared = try prepare(action, isRedelivered: isRedelivered, trace: trace, logger: logger)
        } catch {
            return end(action, .failed(error), prepared: nil, begunAt: begunAt, begun: begun, logger: logger)
        }
        let verdict = await carryOut(
            action, prepared, mayBeRepeat: action.possibleDuplicate || isRedelivered)
        return end(action, verdict, prepared: prepared, begunAt: begunAt, begun: begun, logger: logger)
    }

    /// Whether the attempt may be begun only with the orchestrator's leave: what must not be done twice, and of everything
    /// that changes something what may have been done before.
    func asksFirst(_ action: ExecuteAction) -> Bool {
        guard isChange(action) else { return false }
        return blueprint.function(action.function)?.effect != .idempotent || action.possibleDuplicate
    }

    // MARK: Carrying out

    /// What the function came to, a repeat looked into before and a failure after.
    private func carryOut(
        _ action: ExecuteAction, _ prepared: PreparedAttempt, mayBeRepeat: Bool
    ) async -> Verdict {
        if let reference = action.deferredReference {
            return await call(action, prepared, within: prepared.timeLimit) {
                () async throws(ProviderError) in
                try await prepared.function.poll(reference: reference)
            }.verdict
        }
        guard prepared.looksFirst else {
            return await call(action, prepared, within: prepared.timeLimit) {
                () async throws(ProviderError) in
                try await prepared.function.run()
            }.verdict
        }
        let begun = clock.uptime
        if let verdict = await lookBefore(action, prepared, mayBeRepeat: mayBeRepeat) { return verdict }
        let rest = max(prepared.timeLimit - (clock.uptime - begun), .seconds(1))
        let answer = await call(action, prepared, within: rest) { () async throws(ProviderError) in
            try await prepared.function.run()
        }
        guard case .failure(let error) = answer else { return answer.verdict }
        return await lookAfter(error, prepared, isRetry: mayBeRepeat || action.attempt > 1)
    }

    /// Looks whether an earlier run did it; nil where this one is to do it.
    ///
    /// Where the earlier run is known to have failed, a look costs little and catches what came late at the
    /// provider; there a provider that cannot be looked at is no obstacle.
    private func lookBefore(
        _ action: ExecuteAction, _ prepared: PreparedAttempt, mayBeRepeat: Bool
    ) async -> Verdict? {
        guard mayBeRepeat || (action.attempt > 1 && prepared.function.isObservable) else { return nil }
        switch await look(prepared) {
        case .done(let result): return .succeeded(result, observed: true)
        case .notDone: return nil
        case .cannotTell(let reason):
            if mayBeRepeat { return .unsure(reason) }
            return reason.isRetriable ? .failed(reason) : nil
        }
    }

    /// What a run that failed came to: it may have been carried out all the same.
    private func lookAfter(
        _ error: ProviderError, _ prepared: PreparedAttempt, isRetry: Bool
    ) async -> Verdict {
        let mayBeDone = error.mayHaveTakenEffect || prepared.record.hasPassedChange
        // What an earlier run did shows as "exists already" or "is not there".
        let looksRepeated = isRetry && (error.kind == .alreadyExists || error.kind == .notFound)
        guard mayBeDone || looksRepeated else { return .failed(error) }
        switch await look(prepared) {
        case .done(let result): return .succeeded(result, observed: true)
        case .notDone: return .failed(error.adding("observed", "not done"))
        case .cannotTell(let reason):
            return mayBeDone ? .unsure(reason.adding("failure", .string("\(error)"))) : .failed(error)
        }
    }

    private typealias Answer = Result<ProviderAnswer<[String: JSONValue]>, ProviderError>

    /// Makes a call within a time limit.
    private func call(
        _ action: ExecuteAction, _ prepared: PreparedAttempt, within limit: Duration,
        _ function: @escaping @Sendable () async throws(ProviderError) -> ProviderAnswer<[String: JSONValue]>
    ) async -> Answer {
        CrashPoint.beforeCall.reach([action.crashSubject])
        let (answer, ranOut) = await deadlines.limit(limit) { () -> Answer in
            do throws(ProviderError) {
                return .success(try await function())
            } catch {
                return .failure(error)
            }
        }
        CrashPoint.afterCall.reach([action.crashSubject])
        guard let answer else { return .failure(ProviderError(.internal, mayHaveTakenEffect: true)) }
        guard ranOut, case .failure(var error) = answer else { return answer }
        error.kind = .timedOut
        error.message = ErrorKind.timedOut.customerMessage
        return .failure(error)
    }
}

extension Result<ProviderAnswer<[String: JSONValue]>, ProviderError> {
    fileprivate var verdict: AttemptRunner.Verdict {
        switch self {
        case .success(.done(let result)): .succeeded(result, observed: false)
        case .success(.deferred(let reference, let pollAfter)):
            .deferred(reference: reference, pollAfter: pollAfter)
        case .failure(let error): .failed(error)
        }
    }
}

extension ExecuteAction {
    /// What a crash happens once for: the action, and by itself its later looks at what the provider works on.
    var crashSubject: String { "\(actionID)\(deferredReference == nil ? "" : ".poll")" }
}

extension Logger {
    /// Binds what every line about the attempt carries.
    fileprivate mutating func bind(_ action: ExecuteAction, _ trace: TraceContext?) {
        self[metadataKey: LogKey.actionID] = "\(action.actionID)"
        self[metadataKey: LogKey.productID] = "\(action.contractProductID)"
        self[metadataKey: LogKey.clientID] = "\(action.clientID)"
        self[metadataKey: LogKey.category] = "\(action.category)"
        self[metadataKey: LogKey.provider] = "\(action.provider)"
        self[metadataKey: LogKey.function] = "\(action.function)"
        self[metadataKey: LogKey.attempt] = "\(action.attempt)"
        if let trace { self[metadataKey: LogKey.traceID] = "\(trace.traceID)" }
    }
}
