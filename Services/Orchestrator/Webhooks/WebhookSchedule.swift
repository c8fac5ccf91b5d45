import Foundation
package import Models

/// What becomes of a delivery after a try, as a pure value.
package struct WebhookSchedule: Sendable {
    /// How long after each failed try the next one is; after the last of them it is given up. About three days in all.
    package static let waits: [Duration] = [
        .seconds(5), .seconds(5 * 60), .seconds(30 * 60), .seconds(2 * 3600), .seconds(5 * 3600),
        .seconds(10 * 3600), .seconds(14 * 3600), .seconds(20 * 3600), .seconds(24 * 3600),
    ]
    /// The longest that an endpoint's `Retry-After` is heeded: a day.
    package static let longestRetryAfter: Duration = .seconds(86_400)

    /// What a wait is multiplied by, 1 or more, so that not all come at the same moment.
    package var jitter: @Sendable () -> Double = { Double.random(in: 1...1.1) }

    package init() {}

    /// What a try came to.
    package enum Result: Sendable, Equatable {
        /// - Parameter retryAfter: what the endpoint asked for.
        case answered(status: Int, retryAfter: Duration?)
        case failed(String)
    }

    /// Notes a try with the delivery.
    ///
    /// - Returns: whether the endpoint wants to be told nothing more (410).
    package func note(_ result: Result, of delivery: inout DeliveryRecord, now: Timestamp) -> Bool {
        delivery.attempts += 1
        var asked: Duration?
        switch result {
        case .answered(let status, let retryAfter):
            delivery.lastStatus = status
            delivery.lastError = nil
            if (200..<300).contains(status) {
                end(&delivery, in: .succeeded, now: now)
                return false
            }
            delivery.lastError = "It answered \(status)."
            asked = retryAfter
            if status == 410 {
                end(&delivery, in: .failed, now: now)
                return true
            }
        case .failed(let problem):
            delivery.lastStatus = nil
            delivery.lastError = problem
        }
        guard delivery.attempts <= Self.waits.count else {
            end(&delivery, in: .failed, now: now)
            return false
        }
        let wait = Self.waits[delivery.attempts - 1] * jitter()
        delivery.nextAt = now.advanced(by: max(wait, min(asked ?? .zero, Self.longestRetryAfter)))
        return false
    }

    private func end(_ delivery: inout DeliveryRecord, in state: WebhookDeliveryState, now: Timestamp) {
        delivery.state = state
        delivery.nextAt = nil
        delivery.endedAt = now
    }

    /// Reads `Retry-After`: seconds, or a date.
    ///
    /// - SeeAlso: RFC 9110, sections 10.2.3 and 5.6.7.
    package static func retryAfter(_ header: String?, now: Timestamp) -> Duration? {
        guard let text = header?.trimmingCharacters(in: .whitespaces), !text.isEmpty else { return nil }
        if let seconds = Int(text) { return .seconds(max(0, min(seconds, 10_000_000))) }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let date = format.date(from: text) else { return nil }
        return max(.zero, now.duration(to: Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1000))))
    }
}
