import AdapterKit
import Models

extension ProviderContext {
    /// Whether a domain that expires then has surely not been renewed by this action: a renewal adds to an expiry that
    /// was at most 90 days in the past, which is as long as registries let an expired domain be renewed.
    func isSurelyNotRenewed(expiringAt expiry: Timestamp, years: Int) -> Bool {
        guard let askedAt = actionID?.madeAt else { return false }
        return expiry < askedAt.adding(years: years).advanced(by: .seconds(-90 * 86_400))
    }
}
