import Models

extension Domains.Contact {
    /// The contact as it was asked for.
    init(_ details: Domains.ContactDetails, id: String? = nil) {
        self.init(
            id: id, name: details.name, organisation: details.organisation, email: details.email,
            phone: details.phone, address1: details.address1, city: details.city, state: details.state,
            postcode: details.postcode, countryCode: details.countryCode, type: details.type)
    }
}

extension Domains.ChangedContact {
    /// A contact that has the same id as before, or a new one.
    init(_ contact: Domains.Contact) {
        self.init(
            id: contact.id, name: contact.name, organisation: contact.organisation, email: contact.email,
            phone: contact.phone, address1: contact.address1, city: contact.city, state: contact.state,
            postcode: contact.postcode, countryCode: contact.countryCode, type: contact.type,
            extra: contact.extra)
    }
}
