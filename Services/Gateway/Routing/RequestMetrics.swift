import HTTPTypes
import Metrics
import Synchronization

/// Counts requests and their durations by method, path as declared, and status; never by an identifier.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let method: String
        let path: String
        let status: Int
    }

    private let timers = Mutex<[Key: Metrics.Timer]>([:])

    func record(method: HTTPRequest.Method, path: String, status: Int, duration: Duration) {
        // A method that no route has would let callers make up series.
        let method = Self.known.contains(method) ? method.rawValue : "other"
        let key = Key(method: method, path: path, status: status)
        let timer = timers.withLock { timers in
            if let timer = timers[key] { return timer }
            let timer = Metrics.Timer(
                label: "purser_http_request_duration_seconds",
                dimensions: [("method", method), ("path", path), ("status", String(status))])
            timers[key] = timer
            return timer
        }
        let (seconds, attoseconds) = duration.components
        timer.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private static let known: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]
}
