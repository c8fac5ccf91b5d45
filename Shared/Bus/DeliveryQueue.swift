import AMQP
import Synchronization

/// Hands elements, in order, to the workers of its consumers.
///
/// A worker asks for the next element and is suspended while there is none; so the number of workers is the bound
/// on what is being handled, and a worker that finds an element goes on without being suspended.
final class DeliveryQueue<Element: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Element?, Never>

    private let state: Mutex<DeliveryQueueStateMachine<Element, Waiter>>
    /// Set when no worker gets anything any more.
    private let closed = Signal()

    init(limit: Int? = nil, isStale: @escaping @Sendable (Element) -> Bool = { _ in false }) {
        state = Mutex(DeliveryQueueStateMachine(limit: limit, isStale: isStale))
    }

    var isClosed: Bool { closed.isSet }

    /// - Returns: false if the queue is full.
    func offer(_ element: Element) -> Bool {
        switch state.withLock({ $0.offer(element) }) {
        case .stored: return true
        case .handed(let waiter, let element):
            waiter.resume(returning: element)
            return true
        case .full: return false
        }
    }

    func putBack(_ element: Element) {
        state.withLock { $0.putBack(element) }?.resume(returning: element)
    }

    /// Ends all consumers, for good.
    func close() {
        closed.set()
        for waiter in state.withLock({ $0.close() }) { waiter.resume(returning: nil) }
    }

    func removeAll() -> [Element] {
        state.withLock { $0.removeAll() }
    }

    /// Runs `count` workers until the calling task is cancelled or the queue closes, and returns when the elements
    /// that they had taken by then are handled.
    ///
    /// - Parameter work: handles one element. It does not see the cancellation: what has begun is let finish. The
    ///   signal tells that no further elements will be taken.
    func withWorkers(_ count: Int, work: @escaping @Sendable (Element, Signal) async -> Void) async {
        let consumer = state.withLock { $0.addConsumer() }
        let ended = Signal()
        // A task of its own, awaited right below: a child of the caller would pass the cancellation on to handlers
        // in the midst of a change at a third party.
        let workers = Task {
            await withDiscardingTaskGroup { group in
                for _ in 0..<max(1, count) {
                    group.addTask { await self.work(for: consumer, ended: ended, work) }
                }
            }
        }
        await withTaskCancellationHandler {
            await workers.value
        } onCancel: {
            // First, so that nobody who is told of the end is handed anything more.
            removeConsumer(consumer)
            ended.set()
        }
        removeConsumer(consumer)
    }

    private func work(
        for consumer: Int, ended: Signal, _ work: @Sendable (Element, Signal) async -> Void
    ) async {
        var handled = 0
        while let element = await next(for: consumer) {
            await work(element, ended)
            handled += 1
            // A worker that never has to wait would keep its thread from all other tasks.
            if handled % 64 == 0 { await Task.yield() }
        }
        ended.set()
    }

    /// Ends a consumer: its workers get no further elements.
    private func removeConsumer(_ consumer: Int) {
        for waiter in state.withLock({ $0.removeConsumer(consumer) }) { waiter.resume(returning: nil) }
    }

    /// The next element for one worker of the consumer; nil when the consumer has ended.
    private func next(for consumer: Int) async -> Element? {
        switch state.withLock({ $0.take(for: consumer) }) {
        case .element(let element): return element
        case .ended: return nil
        case .empty: break
        }
        return await withCheckedContinuation { waiter in
            // Asked again: an element may have come between the two locks.
            let answer: Element?? = state.withLock { state in
                switch state.take(for: consumer) {
                case .element(let element): return .some(element)
                case .ended: return .some(nil)
                case .empty:
                    state.wait(waiter, for: consumer)
                    return nil
                }
            }
            if let answer { waiter.resume(returning: answer) }
        }
    }
}
