import Synchronization

/// Collects what happens beside a test, so that the test can wait for it.
package final class Recorder<Element: Sendable>: Sendable {
    private let state = Mutex<[Element]>([])

    package init() {}

    package var elements: [Element] { state.withLock { $0 } }

    package var count: Int { state.withLock { $0.count } }

    /// - Returns: how many there are now.
    @discardableResult
    package func record(_ element: Element) -> Int {
        state.withLock { elements in
            elements.append(element)
            return elements.count
        }
    }

    /// Waits for at least that many elements.
    ///
    /// - Throws: `WaitingError` if they do not come within the limit.
    @discardableResult
    package func wait(for count: Int, within limit: Duration = .seconds(30)) async throws -> [Element] {
        try await eventually(within: limit, "\(count) elements; there are \(self.count)") {
            self.count >= count
        }
        return elements
    }
}
