import ServiceLifecycle

/// Looks after waits and streams ten times a second, which costs less than a timer for each of them.
struct GatewayTicker: Service {
    static let interval: Duration = .milliseconds(100)

    let waiters: ActionWaiters
    let slots: StreamSlots
    let clock: ContinuousClock

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await clock.sleep(for: Self.interval)
                } catch is CancellationError {
                    return
                }
                waiters.sweep(now: clock.now)
                slots.sweep(now: clock.now)
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
