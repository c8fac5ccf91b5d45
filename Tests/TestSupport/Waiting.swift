/// Something did not come to pass in time.
package struct WaitingError: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

/// Waits until a condition holds.
///
/// - Parameter interval: between two looks; 10 ms.
/// - Throws: `WaitingError` if it does not hold within the limit; what the condition throws.
package func eventually(
    within limit: Duration = .seconds(30), every interval: Duration = .milliseconds(10),
    _ what: @autoclosure () -> String,
    condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw WaitingError(description: "Not within \(limit): \(what())")
        }
        try await Task.sleep(for: interval)
    }
}

/// Runs an operation that must come to an end within the limit; otherwise it is cancelled.
package func within<Value: Sendable>(
    _ limit: Duration = .seconds(30), _ what: String = "the operation's end",
    operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw WaitingError(description: "Not within \(limit): \(what)")
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
