import Foundation
import Models
import Synchronization
import SystemSupport
import TestSupport

/// Callers that open accounts, change them and close them, at random, as careful callers do: each request is repeated
/// under its key until it is answered.
final class Workload: Sendable {
    /// What is run on products that are set up; all of it may come in any order.
    private static let changes = [
        "hosting": ["changePackage", "changePassword", "suspend", "unsuspend", "getInfo"],
        "domains": ["setLock", "setAutoRenew", "updateNameservers", "renew", "getInfo"],
        "servers": ["suspend", "unsuspend", "attachRecoveryIso", "detachRecoveryIso", "getInfo"],
    ]

    private struct Target: Sendable {
        let product: TestProduct
        let category: String
        let number: Int
    }

    private struct State {
        var generator: SeededGenerator
        var targets: [Target] = []
        var products = 0
    }

    /// The actions that were accepted.
    let accepted = Recorder<String>()
    /// What was refused.
    let refused = Recorder<Answer>()

    private let system: PurserSystem
    private let client: String
    private let configurations: [String: String]
    /// How long a caller waits between two requests, in milliseconds.
    private let pause: ClosedRange<Int>
    private let state: Mutex<State>
    private let isStopped = Atomic(false)

    /// - Parameters:
    ///   - categories: some of hosting, domains and servers.
    ///   - latencyMilliseconds: how long each third party takes.
    init(
        on system: PurserSystem, categories: [String], seed: UInt64, latencyMilliseconds: Int = 100,
        pause: ClosedRange<Int> = 5...100
    ) async throws {
        self.system = system
        self.pause = pause
        state = Mutex(State(generator: SeededGenerator(seed: seed)))
        client = try await system.makeClient()
        var configurations: [String: String] = [:]
        for category in categories {
            configurations[category] = try await system.makeConfiguration(
                ["latency_ms": .integer(latencyMilliseconds)], category: category)
        }
        self.configurations = configurations
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// One caller; goes on until stopped.
    func call() async throws {
        while !isStopped.load(ordering: .relaxed) {
            if random(0..<6) == 0 || targets.isEmpty { try await open() } else { try await change() }
            try await Task.sleep(for: .milliseconds(random(pause.lowerBound..<pause.upperBound + 1)))
        }
    }

    private var targets: [Target] { state.withLock { $0.targets } }

    private func random(_ range: Range<Int>) -> Int {
        state.withLock { Int.random(in: range, using: &$0.generator) }
    }

    /// Sets a new product up.
    private func open() async throws {
        let (category, number) = state.withLock { state in
            state.products += 1
            let categories = configurations.keys.sorted()
            return (categories.randomElement(using: &state.generator) ?? "hosting", state.products)
        }
        guard let product = try await makeProduct(category),
            let function = Blueprints.named(category)?.functions.first(where: \.setsUp)
        else { return }
        let target = Target(product: product, category: category, number: number)
        try await submit(function.name, to: target)
        state.withLock { $0.targets.append(target) }
    }

    /// A new product; nil where the gateway or the orchestrator is away.
    private func makeProduct(_ category: String) async throws -> TestProduct? {
        guard let configuration = configurations[category] else { return nil }
        do {
            return try await system.makeProduct(
                client: client, configuration: configuration, category: category)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return nil
        }
    }

    /// Changes a product, or closes it, which others may not know yet.
    private func change() async throws {
        let (target, function) = state.withLock { state -> (Target?, String) in
            let index = Int.random(in: 0..<max(1, state.targets.count), using: &state.generator)
            guard state.targets.indices.contains(index) else { return (nil, "") }
            let target = state.targets[index]
            if target.category != "domains", Int.random(in: 0..<10, using: &state.generator) == 0 {
                return (state.targets.remove(at: index), "terminate")
            }
            let functions = Self.changes[target.category] ?? []
            return (target, functions.randomElement(using: &state.generator) ?? "getInfo")
        }
        guard let target else { return }
        try await submit(function, to: target)
    }

    /// Repeats a request until it is answered; an answer may also be a refusal.
    private func submit(_ name: String, to target: Target) async throws {
        guard let function = Blueprints.named(target.category)?.function(name) else { return }
        let body: JSONValue = [
            "function": .string(name),
            "parameters": .object(
                Wanted.parameters(of: function, in: target.category, number: target.number)),
        ]
        let key = ["Idempotency-Key": UUID().uuidString]
        try await eventually(within: .seconds(120), every: .milliseconds(100), "an answer to \(name)") {
            let answer: Answer
            do {
                answer = try await system.http.call(
                    .post, "/v1/contract-products/\(target.product.id)/actions", body, headers: key,
                    within: .seconds(15))
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                return false  // The gateway is away.
            }
            guard answer.status < 500, answer.status != 429 else { return false }
            if [200, 202].contains(answer.status), let id = answer["id"]?.stringValue {
                accepted.record(id)
            } else {
                refused.record(answer)
            }
            return true
        }
    }
}
