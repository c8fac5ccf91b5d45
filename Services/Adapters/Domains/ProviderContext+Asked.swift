import AdapterKit
import Models

extension ProviderContext {
    /// How far the clocks of two machines may be apart: 10 min.
    static let clockTolerance = Duration.seconds(600)

    /// Whether what came about at this moment can be the action's own doing: it is no older than the action.
    ///
    /// - Parameters:
    ///   - time: nil where the registrar does not tell it; then nothing speaks for it.
    ///   - tolerance: how much earlier it may seem, as where only the day is told.
    func isNotBeforeAction(_ time: Timestamp?, tolerance: Duration = clockTolerance) -> Bool {
        guard let time, let askedAt = actionID?.madeAt else { return false }
        return time.advanced(by: tolerance) >= askedAt
    }

    /// Whether a domain that expires then has surely not been renewed by this action: a renewal adds to an expiry that
    /// was at most 90 days in the past, which is as long as registries let an expired domain be renewed.
    func isSurelyNotRenewed(expiringAt expiry: Timestamp, years: Int) -> Bool {
        guard let askedAt = actionID?.madeAt else { return false }
        return expiry < askedAt.adding(years: years).advanced(by: .seconds(-90 * 86_400))
    }
}
