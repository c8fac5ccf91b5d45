import Logging
import Models
import ServiceRuntime

/// Carries out one attempt: from the message that hands it over to the outcome. Never throws and never traps; whatever
/// the message holds, there is an outcome.
struct AttemptRunner: Sendable {
    let blueprint: BlueprintDefinition
    let providers: [String: RegisteredProvider]
    let sealer: Sealer
    let configurations: ConfigurationCache
    let network: any HTTPTransport
    let simulator: Simulator
    let clock: any AdapterClock
    let deadlines: Deadlines
    let logger: Logger
    /// The wire keys of secrets, by provider and function.
    let secretNames: [FunctionKey: Set<String>]

    struct FunctionKey: Hashable, Sendable {
        let provider: String
        let function: String
    }

    init(
        blueprint: BlueprintDefinition, providers: [RegisteredProvider], sealer: Sealer, network: any HTTPTransport,
        simulator: Simulator, clock: any AdapterClock, deadlines: Deadlines, logger: Logger
    ) {
        self.blueprint = blueprint
        self.providers = Dictionary(providers.map { ($0.descriptor.provider, $0) }) { first, _ in first }
        self.sealer = sealer
        configurations = ConfigurationCache(sealer: sealer)
        self.network = network
        self.simulator = simulator
        self.clock = clock
        self.deadlines = deadlines
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

    func run(_ action: ExecuteAction, isRedelivered: Bool, traceparent: String?) async -> ActionOutcome {
        let begunAt = clock.now
        var logger = logger
        logger.bind(action, traceparent: traceparent)
        guard begunAt <= action.beginBefore else {
            logger.warning("Left attempt whose lease had run out")
            return ActionOutcome(
                actionID: action.actionID, attempt: action.attempt, outcome: .expired, observed: false,
                begunAt: begunAt, endedAt: begunAt)
        }
        logger.info(
            "Began attempt",
            metadata: action.possibleDuplicate || isRedelivered ? [LogKey.possibleDuplicate: "true"] : nil)
        let begun = clock.uptime
        let prepared: PreparedAttempt
        do throws(ProviderError) {
            prepared = try prepare(action, traceparent: traceparent, logger: logger)
        } catch {
            return end(action, .failed(error), prepared: nil, begunAt: begunAt, begun: begun, logger: logger)
        }
        let verdict = await carryOut(
            action, prepared, mayBeRepeat: action.possibleDuplicate || isRedelivered)
        return end(action, verdict, prepared: prepared, begunAt: begunAt, begun: begun, logger: logger)
    }

    // MARK: Carrying out

    private func carryOut(_ action: ExecuteAction, _ prepared: PreparedAttempt, mayBeRepeat: Bool) async -> Verdict {
        if let reference = action.deferredReference {
            return await call(prepared) { () async throws(ProviderError) in
                try await prepared.function.poll(reference: reference)
            }.verdict
        }
        let mustLook = prepared.definition.mustObserveRepeats
        if mustLook, mayBeRepeat {
            switch await look(prepared) {
            case .done(let result): return .succeeded(result, observed: true)
            case .notDone: break
            case .cannotTell(let reason): return .unsure(reason)
            }
        }
        let answer = await call(prepared) { () async throws(ProviderError) in
            try await prepared.function.run()
        }
        guard case .failure(let error) = answer, mustLook else { return answer.verdict }
        // What an earlier run did shows as "exists already" or "is not there".
        let showsRepeat = mayBeRepeat && (error.kind == .alreadyExists || error.kind == .notFound)
        guard error.mayHaveTakenEffect || prepared.record.hasPassedChange || showsRepeat else {
            return .failed(error)
        }
        switch await look(prepared) {
        case .done(let result): return .succeeded(result, observed: true)
        case .notDone: return .failed(error.adding("observed", "not done"))
        case .cannotTell(let reason): return .unsure(showsRepeat && !error.mayHaveTakenEffect ? error : reason)
        }
    }

    private typealias Answer = Result<ProviderAnswer<[String: JSONValue]>, ProviderError>

    /// Makes the call within the attempt's time limit.
    private func call(
        _ prepared: PreparedAttempt,
        _ function: @escaping @Sendable () async throws(ProviderError) -> ProviderAnswer<[String: JSONValue]>
    ) async -> Answer {
        let (answer, ranOut) = await deadlines.limit(prepared.timeLimit) { () -> Answer in
            do throws(ProviderError) {
                return .success(try await function())
            } catch {
                return .failure(error)
            }
        }
        guard let answer else { return .failure(ProviderError(.internal, mayHaveTakenEffect: true)) }
        guard ranOut, case .failure(var error) = answer else { return answer }
        error.kind = .timedOut
        error.message = ErrorKind.timedOut.customerMessage
        return .failure(error)
    }

    // MARK: Looking

    private enum Sight {
        case done([String: JSONValue])
        case notDone
        case cannotTell(ProviderError)
    }

    /// Looks at the provider whether the function was carried out: up to 3 times while the provider gives no answer,
    /// 20 s each, with 2 s and 5 s between; so for little more than a minute at most.
    private func look(_ prepared: PreparedAttempt) async -> Sight {
        let pauses: [Duration] = [.seconds(2), .seconds(5)]
        guard prepared.function.isObservable else {
            return .cannotTell(ProviderError(.internal, details: ["problem": "This cannot be looked up."]))
        }
        var last = ProviderError(.timedOut)
        for attempt in 0...pauses.count {
            switch await lookOnce(prepared) {
            case .success(.done(let result)): return .done(result)
            case .success(.notDone): return .notDone
            case .success(.unknown):
                return .cannotTell(ProviderError(.internal, details: ["problem": "The look-up showed nothing."]))
            case .failure(let error):
                last = error
                guard error.isRetriable, attempt < pauses.count else { return .cannotTell(last) }
                await deadlines.wait(pauses[attempt])
            }
        }
        return .cannotTell(last)
    }

    private func lookOnce(_ prepared: PreparedAttempt) async -> Result<Observation<[String: JSONValue]>, ProviderError> {
        let answer = await deadlines.limit(.seconds(20)) {
            () -> Result<Observation<[String: JSONValue]>, ProviderError> in
            do throws(ProviderError) {
                return .success(try await prepared.function.observe())
            } catch {
                return .failure(error)
            }
        }
        return answer.value ?? .failure(ProviderError(.internal))
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

extension Logger {
    /// Binds what every line about the attempt carries.
    fileprivate mutating func bind(_ action: ExecuteAction, traceparent: String?) {
        self[metadataKey: LogKey.actionID] = "\(action.actionID)"
        self[metadataKey: LogKey.productID] = "\(action.contractProductID)"
        self[metadataKey: LogKey.clientID] = "\(action.clientID)"
        self[metadataKey: LogKey.category] = "\(action.category)"
        self[metadataKey: LogKey.provider] = "\(action.provider)"
        self[metadataKey: LogKey.function] = "\(action.function)"
        self[metadataKey: LogKey.attempt] = "\(action.attempt)"
        // 00-<trace id, 32 digits>-<span id>-<flags>
        if let trace = traceparent?.split(separator: "-").dropFirst().first, trace.count == 32 {
            self[metadataKey: LogKey.traceID] = "\(trace)"
        }
    }
}
