import Models

/// A simulated third party as one attempt meets it.
package struct Simulation: Sendable {
    private let context: ProviderContext
    private let category: String
    private let settings: any SimulatorSettings & Sendable

    package init(_ context: ProviderContext, category: String, settings: any SimulatorSettings & Sendable) {
        self.context = context
        self.category = category
        self.settings = settings
    }

    /// Carries out something that changes the third party, and writes it to the ledger, both in one
    /// transaction.
    ///
    /// - Parameters:
    ///   - subject: what the effect is about, as in `example.com`.
    ///   - work: reads and writes; what it throws is what the third party answers.
    package func change<Value: Sendable>(
        _ function: String, subject: String,
        _ work: @escaping @Sendable (SimulatorTransaction) throws -> Value
    ) async throws(ProviderError) -> Value {
        let startedAt = context.clock.now
        let fault = try await begin(function, subject: subject, isChanging: true)
        let (context, category) = (context, category)
        let value = try await context.simulator.store().perform(scope: scope) { transaction in
            let value = try work(transaction)
            if let actionID = context.actionID {
                transaction.record(
                    SimulatedEffect(
                        actionID: actionID, attempt: context.attempt, category: category, function: function,
                        subject: subject, startedAt: startedAt, endedAt: context.clock.now))
            }
            return value
        }
        try await end(fault, isChanging: true)
        return value
    }

    /// Reads from the third party.
    package func read<Value: Sendable>(
        _ function: String, subject: String,
        _ work: @escaping @Sendable (SimulatorTransaction) throws -> Value
    ) async throws(ProviderError) -> Value {
        let fault = try await begin(function, subject: subject, isChanging: false)
        let value = try await context.simulator.store().perform(scope: scope, work)
        try await end(fault, isChanging: false)
        return value
    }

    /// Looks whether something happened. Tells the truth, unless the fault is `unobservable`, or
    /// `unreachable`.
    package func observe<Value: Sendable>(
        _ function: String, subject: String,
        _ work: @escaping @Sendable (SimulatorTransaction) throws -> Observation<Value>
    ) async throws(ProviderError) -> Observation<Value> {
        switch settings.fault(for: function, call: call(subject)) {
        case .unobservable: return .unknown
        case .unreachable: throw Self.unreachable
        default: return try await context.simulator.store().perform(scope: scope, work)
        }
    }

    /// Each configuration is a third party of its own.
    private var scope: String { "\(category)/\(context.configurationID)" }

    private func call(_ subject: String) -> String { "\(subject)/\(context.attempt)" }

    private static let unreachable = ProviderError(
        .providerUnavailable, details: ["problem": "No connection came about."])

    /// What happens before an effect.
    private func begin(
        _ function: String, subject: String, isChanging: Bool
    ) async throws(ProviderError) -> SimulatedFault {
        let fault = settings.fault(for: function, call: call(subject))
        if fault == .unreachable { throw Self.unreachable }
        let latency = Duration.milliseconds(min(max(0, settings.latencyMs ?? 0), 600_000))
        let delay = fault == .slow ? (latency > .zero ? latency * 5 : .seconds(2)) : latency
        if delay > .zero {
            do {
                try await context.clock.sleep(for: delay)
            } catch {
                throw ProviderError(.timedOut, mayHaveTakenEffect: isChanging)
            }
        }
        switch fault {
        case .transient: throw ProviderError(.providerUnavailable, details: ["status": 503])
        case .rejected: throw ProviderError(.rejected, details: ["status": 422])
        case .rateLimited:
            throw ProviderError(.rateLimited, details: ["status": 429], retryAfter: .seconds(1))
        case .hangBeforeEffect: throw await Self.hang(isChanging: isChanging)
        default: return fault
        }
    }

    /// What happens after an effect.
    private func end(_ fault: SimulatedFault, isChanging: Bool) async throws(ProviderError) {
        guard fault == .hangAfterEffect || fault == .unobservable else { return }
        throw await Self.hang(isChanging: isChanging)
    }

    /// Waits for the caller to lose patience.
    private static func hang(isChanging: Bool) async -> ProviderError {
        await Cancellation.wait()
        return ProviderError(.timedOut, mayHaveTakenEffect: isChanging)
    }
}
