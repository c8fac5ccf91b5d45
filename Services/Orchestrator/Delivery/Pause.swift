import ServiceLifecycle

/// A wait between two rounds of a loop that runs for as long as its service does.
enum Pause {
    /// - Returns: whether to go on: false, at once, when the task is cancelled or shut down.
    static func wait(_ duration: Duration) async -> Bool {
        do {
            return try await cancelWhenGracefulShutdown {
                try await Task.sleep(for: duration)
                return true
            }
        } catch {
            return false
        }
    }
}
