import AdapterKit
import Models

extension JSONValue {
    /// The key of a licence as text; what vendors know a licence by may be a number.
    ///
    /// - Throws: `invalidInput` where it is neither text nor number, or empty.
    func licenseKey() throws(ProviderError) -> String {
        guard let key = lenientText else {
            throw ProviderError(.invalidInput, "This is not the key of a licence.")
        }
        return key
    }
}
