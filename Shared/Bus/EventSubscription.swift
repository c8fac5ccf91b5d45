import AMQP
import Synchronization

/// One subscriber's buffer of events, between the bus that yields them and the task that iterates.
///
/// Holds at most 10,000 events. When it is full, further events are lost and the subscriber is told once, in their
/// place, that it has missed some.
final class EventSubscription: Sendable {
    static let bufferLimit = 10_000

    private struct State {
        var buffer = FIFO<EventDelivery>()
        var endsWithInterruption = false
        var waiter: CheckedContinuation<EventDelivery?, Never>?
        var isFinished = false
    }

    let patterns: [String]
    /// Set when no one iterates any more, or the bus has been shut down.
    let ended = Signal()
    private let compiled: [TopicPattern]
    private let state = Mutex(State())

    init(patterns: [String]) {
        self.patterns = patterns
        compiled = patterns.map { TopicPattern($0) }
    }

    func matches(_ topic: [Substring]) -> Bool {
        compiled.contains { $0.matches(topic) }
    }

    func yield(topic: String, _ message: BusMessage) {
        deliver { state in
            if state.buffer.count >= Self.bufferLimit { return nil }
            return .event(topic: topic, message)
        }
    }

    /// Tells the subscriber that it may have missed events; once, until further events came.
    func interrupt() {
        deliver { _ in nil }
    }

    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            return state.waiter.take()
        }
        waiter?.resume(returning: nil)
        ended.set()
    }

    /// The next element; nil when the subscription has been finished or the calling task cancelled.
    func next() async -> EventDelivery? {
        if let buffered = state.withLock({ Self.popFirst(&$0) }) { return buffered }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: EventDelivery?? = state.withLock { state in
                    if let buffered = Self.popFirst(&state) { return .some(buffered) }
                    if state.isFinished || Task.isCancelled { return .some(nil) }
                    state.waiter = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            finish()
        }
    }

    /// - Parameter make: the event, or nil where one was lost.
    private func deliver(_ make: (borrowing State) -> EventDelivery?) {
        let resumed: (CheckedContinuation<EventDelivery?, Never>, EventDelivery)? = state.withLock { state in
            if state.isFinished { return nil }
            let event = make(state)
            if event == nil, state.endsWithInterruption { return nil }
            let element = event ?? .interrupted
            if let waiter = state.waiter.take() { return (waiter, element) }
            state.buffer.append(element)
            state.endsWithInterruption = event == nil
            return nil
        }
        if let (waiter, element) = resumed { waiter.resume(returning: element) }
    }

    private static func popFirst(_ state: inout State) -> EventDelivery? {
        let element = state.buffer.popFirst()
        if state.buffer.isEmpty { state.endsWithInterruption = false }
        return element
    }
}

extension AsyncStream<EventDelivery> {
    /// A stream that reads `subscription`, finishes it when no one can iterate any more, and then calls `onEnd` once.
    init(_ subscription: EventSubscription, onEnd: @escaping @Sendable () -> Void = {}) {
        let end = EndNotice {
            subscription.finish()
            onEnd()
        }
        self.init {
            let element = await subscription.next()
            if element == nil { end.call() }
            return element
        }
    }
}

/// Calls its closure once: when told, or at the latest when the last owner lets go of it.
private final class EndNotice: Sendable {
    private let closure: Mutex<(@Sendable () -> Void)?>

    init(_ closure: @escaping @Sendable () -> Void) {
        self.closure = Mutex(closure)
    }

    func call() {
        closure.withLock { $0.take() }?()
    }

    deinit { call() }
}
