/// What a `DeliveryQueue` decides: which element goes to which waiting worker. A value without I/O.
struct DeliveryQueueStateMachine<Element, Waiter> {
    /// What came of an offered element.
    enum Offer {
        case stored
        /// A worker was waiting: resume it with the element.
        case handed(Waiter, Element)
        case full
    }

    /// What a worker that asks for an element gets.
    enum Take {
        case element(Element)
        /// Nothing is there: wait.
        case empty
        /// Its consumer has ended, or the queue has been closed.
        case ended
    }

    /// The most elements that wait here; nil for no limit. What was put back does not count.
    let limit: Int?
    /// Whether an element is of no use any more. Such elements are dropped when they are first in a full queue.
    let isStale: @Sendable (Element) -> Bool

    private var elements = FIFO<Element>()
    private var putBacks = FIFO<Element>()
    private var waiters = FIFO<(consumer: Int, waiter: Waiter)>()
    private var consumers: Set<Int> = []
    private var lastConsumer = 0
    private(set) var isClosed = false

    init(limit: Int?, isStale: @escaping @Sendable (Element) -> Bool = { _ in false }) {
        self.limit = limit
        self.isStale = isStale
    }

    var count: Int { elements.count + putBacks.count }

    mutating func offer(_ element: Element) -> Offer {
        if let (_, waiter) = waiters.popFirst() { return .handed(waiter, element) }
        if let limit, elements.count >= limit {
            while let first = elements.first, isStale(first) { _ = elements.popFirst() }
            if elements.count >= limit { return .full }
        }
        elements.append(element)
        return .stored
    }

    /// Puts an element before all that were never taken; returns the worker that gets it at once, if one waits.
    mutating func putBack(_ element: Element) -> Waiter? {
        if let (_, waiter) = waiters.popFirst() { return waiter }
        putBacks.append(element)
        return nil
    }

    mutating func take(for consumer: Int) -> Take {
        guard consumers.contains(consumer) else { return .ended }
        if let element = putBacks.popFirst() ?? elements.popFirst() { return .element(element) }
        return .empty
    }

    /// Adds a worker to the end of those waiting. Only after `take` said `empty` in the same turn.
    mutating func wait(_ waiter: Waiter, for consumer: Int) {
        waiters.append((consumer, waiter))
    }

    mutating func addConsumer() -> Int {
        lastConsumer += 1
        if !isClosed { consumers.insert(lastConsumer) }
        return lastConsumer
    }

    /// - Returns: the workers that waited for this consumer; they must be told.
    mutating func removeConsumer(_ consumer: Int) -> [Waiter] {
        consumers.remove(consumer)
        return waiters.removeAll { $0.consumer == consumer }.map(\.waiter)
    }

    /// - Returns: all waiting workers; they must be told.
    mutating func close() -> [Waiter] {
        isClosed = true
        consumers.removeAll()
        return waiters.removeAll { _ in true }.map(\.waiter)
    }

    /// Takes out everything that waits, as when the connection that it came by is gone.
    mutating func removeAll() -> [Element] {
        putBacks.removeAll { _ in true } + elements.removeAll { _ in true }
    }
}
