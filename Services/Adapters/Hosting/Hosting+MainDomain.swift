import AdapterKit
import Models

extension Hosting.CreateParameters {
    /// The domain that the account is opened for: in lower case, without `www.`.
    ///
    /// - Throws: `invalidInput` where there is none.
    func mainDomain() throws(ProviderError) -> String {
        guard let domain = domain?.lowercased(), !domain.isEmpty else {
            throw ProviderError(.invalidInput, "A hosting account needs a domain.")
        }
        return domain.hasPrefix("www.") ? String(domain.dropFirst(4)) : domain
    }
}
