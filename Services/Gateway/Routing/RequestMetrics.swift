import HTTPTypes
import Metrics
import ServiceRuntime
import Synchronization

/// Counts requests and times them by method, path as declared, and status; never by an identifier.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private let series = Mutex<[Key: (Counter, Metrics.Timer)]>([:])

    func record(method: HTTPRequest.Method, route: String, status: Int, duration: Duration) {
        // A method that no route has would let callers make up series.
        let method = Self.known.contains(method) ? method.rawValue : "other"
        let key = Key(method: method, route: route, status: status)
        let (counter, timer) = series.withLock { series in
            if let known = series[key] { return known }
            let labels = [("method", method), ("route", route)]
            let made = (
                Counter(.httpRequests, labels + [("status", String(status))]), Timer(.httpDuration, labels)
            )
            series[key] = made
            return made
        }
        counter.increment()
        timer.record(duration: duration)
    }

    private static let known: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]
}
