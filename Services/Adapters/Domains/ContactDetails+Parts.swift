import AdapterKit
import Models

extension Domains.ContactDetails {
    /// The person's name, or the organisation's where there is no person.
    var fullName: String { name ?? organisation ?? email }

    /// The name in two parts, for registrars that want both: the first word, and the rest. A name of one word is both.
    var firstAndLastName: (first: String, last: String) {
        let words = fullName.split(separator: " ", maxSplits: 1).map(String.init)
        guard let first = words.first else { return (fullName, fullName) }
        return (first, words.count > 1 ? words[1] : first)
    }

    /// The phone number in its parts.
    ///
    /// - Throws: `invalidInput` where it has no country code.
    func phoneNumber() throws(ProviderError) -> PhoneNumber {
        guard let number = PhoneNumber(phone) else {
            throw ProviderError(
                .invalidInput, "The phone number needs its country code, as in +441632960123.")
        }
        return number
    }
}

extension Domains.ContactChoice {
    /// The details, for registrars that keep no contacts which could be named by an id.
    ///
    /// - Throws: `invalidInput` where only an id is given.
    func fullDetails() throws(ProviderError) -> Domains.ContactDetails {
        guard let register else {
            throw ProviderError(.invalidInput, "All contacts have to be given with their details.")
        }
        return register
    }
}
