import ServiceLifecycle

/// Looks after waits and streams ten times a second, which costs less than a timer for each of them.
struct GatewayTicker: Service {
    static let interval: Duration = .milliseconds(100)

    let waiters: ActionWaiters
    let slots: StreamSlots
    let now: @Sendable () -> ContinuousClock.Instant

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: Self.interval)
                } catch is CancellationError {
                    return
                }
                waiters.sweep(now: now())
                slots.sweep(now: now())
            }
        }
    }
}

/// The first to stop: ends waits and streams, so that the server behind it has nothing left to wait for.
struct GatewayDrain: Service {
    let waiters: ActionWaiters
    let slots: StreamSlots

    func run() async throws {
        try await gracefulShutdown()
        waiters.stop()
        slots.stop()
    }
}
