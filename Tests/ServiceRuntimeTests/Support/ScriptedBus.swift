import Bus
import Foundation
import Models
import Synchronization
import TestSupport

/// A bus that takes, refuses or holds what is published, as a test says.
final class ScriptedBus: MessageBus {
    enum Behaviour: Sendable {
        case taking
        case failing(BusError.Kind)
        /// Each publish waits until the behaviour changes.
        case holding
        /// The bus says that it is disconnected; a publish would wait as well.
        case away
    }

    private struct State {
        var behaviour: Behaviour
        var held: [CheckedContinuation<Void, Never>] = []
        var attempts: [String] = []
    }

    /// What was taken.
    let messages = Recorder<BusMessage>()
    let keepsMessages = true
    var status: BusStatus {
        state.withLock { state in
            if case .away = state.behaviour { .disconnected("as the test says") } else { .connected }
        }
    }
    private let state: Mutex<State>
    private let onPublish: @Sendable () -> Void

    init(_ behaviour: Behaviour = .taking, onPublish: @escaping @Sendable () -> Void = {}) {
        state = Mutex(State(behaviour: behaviour))
        self.onPublish = onPublish
    }

    /// The ids of all messages that were tried, also those that failed.
    var attempts: [String] { state.withLock { $0.attempts } }

    /// All entries that were taken, in order.
    var entries: [LogEntry] {
        get throws {
            try messages.elements.flatMap { try Envelope<LogEntries>(decoding: $0.body).data.entries }
        }
    }

    func behave(_ behaviour: Behaviour) {
        let held = state.withLock { state in
            state.behaviour = behaviour
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func publish(_ message: BusMessage, to route: Route) async throws(BusError) {
        onPublish()
        state.withLock { $0.attempts.append(message.id) }
        while true {
            switch state.withLock({ $0.behaviour }) {
            case .taking:
                messages.record(message)
                return
            case .failing(let kind): throw BusError(kind, "as the test says")
            case .holding, .away: await hold()
            }
        }
    }

    private func hold() async {
        await withCheckedContinuation { continuation in
            let isHolding = state.withLock { state in
                switch state.behaviour {
                case .holding, .away:
                    state.held.append(continuation)
                    return true
                default: return false
                }
            }
            if !isHolding { continuation.resume() }
        }
    }

    func run() async throws {}
    func consume(
        _ queue: Queue, prefetch: Int, handler: @escaping @Sendable (Delivery) async -> Settlement
    ) async throws {}
    func request(
        _ message: BusMessage, to route: Route, timeout: Duration
    ) async throws(BusError) -> BusMessage { throw BusError(.closed, "no requests here") }
    func serve(
        _ queue: Queue, concurrency: Int, handler: @escaping @Sendable (BusMessage) async -> BusMessage?
    ) async throws {}
    func events(matching patterns: [String]) -> AsyncStream<EventDelivery> { AsyncStream { $0.finish() } }
    func read(
        _ stream: Queue, from start: StreamStart, batchLimit: Int,
        handler: @escaping @Sendable ([StreamEntry]) async throws -> Void
    ) async throws {}
}
