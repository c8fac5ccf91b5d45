import AdapterKit
import Models

extension JSONValue {
    /// The name or id of an account as text; services may know an account by a number.
    ///
    /// - Throws: `invalidInput` where it is neither text nor number, or empty.
    func accountName() throws(ProviderError) -> String {
        guard let name = lenientText else {
            throw ProviderError(.invalidInput, "This is not the name of an account.")
        }
        return name
    }
}
