package import AdapterKit
package import Foundation
import Logging
package import Models
import ServiceRuntime
import Synchronization
import TestSupport

/// Runs provider functions against recordings.
package struct WireReplay: Sendable {
    /// Brings a simulated third party into the state that a recording takes for granted.
    package typealias Preparation = @Sendable (WireCase, ProviderContext) async throws -> Void

    private let fixtures: WireFixtures
    private let blueprint: BlueprintDefinition
    private let providers: [RegisteredProvider]
    private let prepare: Preparation
    private let tally: WireTally

    /// An adapter's recordings.
    ///
    /// - Parameters:
    ///   - folder: holds `<category>/<provider>/*.json`, as a test bundle's `Wire` does.
    package init(
        of adapter: any CategoryAdapter.Type, in folder: URL,
        prepare: @escaping Preparation = { _, _ in }
    ) throws {
        let fixtures = try WireFixtures(
            folder: folder, category: adapter.category,
            providers: adapter.providers.map(\.descriptor.provider))
        self.init(fixtures, blueprint: adapter.blueprint, providers: adapter.providers, prepare: prepare)
    }

    package init(
        _ fixtures: WireFixtures, blueprint: BlueprintDefinition, providers: [RegisteredProvider],
        prepare: @escaping Preparation = { _, _ in }
    ) {
        self.fixtures = fixtures
        self.providers = providers
        self.prepare = prepare
        // The recorded implementation never looked again, so nothing is to be looked at here.
        var blueprint = blueprint
        for index in blueprint.functions.indices { blueprint.functions[index].effect = .idempotent }
        self.blueprint = blueprint
        tally = WireTally(fixtures.cases)
    }

    package var cases: [WireCase] { fixtures.cases }

    /// Supported functions without a recording, as in `cpanel suspend`.
    ///
    /// - Parameter unrecorded: providers of which there are no recordings at all.
    package func functionsWithoutRecording(except unrecorded: Set<String> = []) -> [String] {
        let recorded = Set(cases.map { "\($0.provider) \($0.function)" })
        return providers.map(\.descriptor).filter { !unrecorded.contains($0.provider) }
            .flatMap { provider in provider.functions.map { "\(provider.provider) \($0.name)" } }
            .filter { !recorded.contains($0) }
    }

    /// Replays one case and prints the provider's summary once its last one is through.
    ///
    /// - Returns: what is wrong; nothing where it passes.
    package func problems(of wireCase: WireCase) async throws -> [String] {
        let problems = try await replay(wireCase)
        tally.count(wireCase, passed: problems.isEmpty)
        return problems
    }

    private func replay(_ wireCase: WireCase) async throws -> [String] {
        guard
            let descriptor = providers.first(where: { $0.descriptor.provider == wireCase.provider })?
                .descriptor,
            let function = blueprint.function(wireCase.function)
        else { return ["there is no provider \(wireCase.provider), or no function \(wireCase.function)"] }
        let secrets =
            Self.secrets(of: descriptor.configuration, in: wireCase.configuration)
            + Self.secrets(of: function.parameters, in: wireCase.parameters)
        let rules = fixtures.rules["\(wireCase.category)/\(wireCase.provider)"] ?? WireRules()
        let transport = RecordedTransport(wireCase.exchanges, rules: rules, secrets: secrets)
        let ignored = Set(rules.ignoredElements.keys)
        let frames = RecordedFrameTransport(wireCase.frames(ignoring: ignored), ignored: ignored)
        let folder = try TemporaryFolder()
        let bench = AttemptBench(
            blueprint: blueprint, providers: providers, network: transport, frames: frames,
            dataFolder: folder.path)
        let action = bench.action(
            wireCase.function, provider: wireCase.provider, settings: wireCase.configuration,
            parameters: function.parameters.readingNumbers(in: wireCase.parameters))
        try await prepare(wireCase, bench.context(for: action))
        let mayBeDeferred = wireCase.isDeferred || rules.deferred[wireCase.function] != nil
        let outcome = await run(action, on: bench, polling: mayBeDeferred && wireCase.expected.isData)
        await bench.sessions.shutDown()
        let result = try outcome.result.map {
            try bench.sealer.open(
                secretsOf: $0, fields: function.result, context: "\(action.actionID)/result")
        }
        return compare(outcome, result, with: wireCase, descriptor, rules, frames.bindings)
            + transport.problems + frames.problems
    }

    /// - Parameter polling: whether to ask on, each time when it is due, until it is done.
    private func run(_ action: ExecuteAction, on bench: AttemptBench, polling: Bool) async -> ActionOutcome {
        var action = action
        var outcome = await bench.runner.run(action, isRedelivered: false, traceparent: nil)
        while polling, outcome.outcome == .deferred, action.attempt < 10 {
            bench.clock.advance(by: .seconds(outcome.pollAfterSeconds ?? 0))
            action.attempt += 1
            action.beginBefore = bench.clock.now.advanced(by: .seconds(600))
            action.deferredReference = outcome.deferredReference
            outcome = await bench.runner.run(action, isRedelivered: false, traceparent: nil)
        }
        return outcome
    }

    private func compare(
        _ outcome: ActionOutcome, _ result: [String: JSONValue]?, with wireCase: WireCase,
        _ descriptor: ProviderDescriptor, _ rules: WireRules, _ bindings: [String: String]
    ) -> [String] {
        switch wireCase.expected {
        case .deferred: return outcome.outcome == .deferred ? [] : ["\(outcome.outcome) instead of deferred"]
        case .data(let data):
            guard outcome.outcome == .succeeded, let result else {
                return [
                    "\(outcome.outcome): \(outcome.error?.message ?? "") \(outcome.error?.details ?? [:])"
                ]
            }
            var comparison = WireComparison(
                volatile: wireCase.volatile, ignored: rules.differs.keys, bindings: bindings)
            comparison.compare(.object(result), data)
            return comparison.problems
        case .error(let kind):
            if outcome.outcome == .deferred, rules.deferred[wireCase.function] != nil { return [] }
            guard outcome.outcome == .failed, let error = outcome.error else {
                return ["\(outcome.outcome) instead of an error"]
            }
            let words =
                [descriptor.provider] + descriptor.title.split(separator: " ").prefix(1).map(String.init)
            let names = words.filter { error.message.lowercased().contains($0.lowercased()) }
            return names.map { "the message names the provider: \($0)" }
                + (kind == nil || kind == error.kind.rawValue
                    ? [] : ["\(error.kind) instead of \(kind ?? "")"])
        }
    }

    private static func secrets(of fields: [FieldDefinition], in object: [String: JSONValue]) -> [String] {
        var found: [String] = []
        _ = fields.mapSecrets(in: object) { value, _ in
            found += [value.stringValue].compactMap { $0 }
            return value
        }
        return found
    }
}

extension WireCase.Expected {
    fileprivate var isData: Bool {
        if case .data = self { true } else { false }
    }
}

/// Counts a provider's cases and prints one line when all are through.
final class WireTally: Sendable {
    private struct Count {
        var total = 0
        var done = 0
        var passed = 0
    }

    private let counts: Mutex<[String: Count]>

    init(_ cases: [WireCase]) {
        counts = Mutex(
            cases.reduce(into: [:]) { counts, wireCase in
                counts["\(wireCase.category)/\(wireCase.provider)", default: Count()].total += 1
            })
    }

    func count(_ wireCase: WireCase, passed: Bool) {
        let key = "\(wireCase.category)/\(wireCase.provider)"
        let finished = counts.withLock { counts -> Count? in
            counts[key]?.done += 1
            counts[key]?.passed += passed ? 1 : 0
            return counts[key].flatMap { $0.done == $0.total ? $0 : nil }
        }
        if let finished { print("\(key): \(finished.passed) of \(finished.total) cases") }
    }
}
