import AdapterKit
import Models

extension JSONValue {
    /// An account's name or id, which may be given as text or number.
    ///
    /// - Throws: `invalidInput` where it is neither, or empty.
    var accountName: String {
        get throws(ProviderError) {
            guard let name = lenientText else {
                throw ProviderError(.invalidInput, "It is not known which account is meant.")
            }
            return name
        }
    }
}
