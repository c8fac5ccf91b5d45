import AdapterKit
import Models

/// A contact to be registered.
struct EPPNewContact: Sendable {
    /// What it shall be known by, 3 to 16 characters; some registries give an id of their own.
    var id: String
    var details: Domains.ContactDetails
    var postalForms: [EPPPostalForm] = [.international]
    var authCode: String
    var extensions: [XMLValue] = []
}

/// How an address is written.
///
/// - SeeAlso: RFC 5733, section 2.3.
enum EPPPostalForm: String, Sendable {
    /// In ASCII.
    case international = "int"
    case local = "loc"
}

extension EPPCommand {
    private static let contact = EPPSchema.contact

    /// RFC 5733, section 3.1.2.
    static func contactInfo(_ id: String) -> EPPCommand {
        EPPCommand("info", of: contact, [contact.text("id", id)])
    }

    /// RFC 5733, section 3.2.1.
    static func createContact(_ new: EPPNewContact) -> EPPCommand {
        EPPCommand(
            "create", of: contact,
            [contact.text("id", new.id)] + new.postalForms.map { postalInfo(new.details, $0) }
                + reach(new.details)
                + [contact.element("authInfo", [contact.text("pw", new.authCode)])],
            extensions: new.extensions)
    }

    /// RFC 5733, section 3.2.4.
    static func updateContact(
        _ id: String, _ details: Domains.ContactDetails, postalForms: [EPPPostalForm],
        extensions: [XMLValue] = []
    ) -> EPPCommand {
        EPPCommand(
            "update", of: contact,
            [
                contact.text("id", id),
                contact.element("chg", postalForms.map { postalInfo(details, $0) } + reach(details)),
            ], extensions: extensions)
    }

    /// A contact has to have a name; an organisation's is its own.
    private static func postalInfo(_ details: Domains.ContactDetails, _ form: EPPPostalForm) -> XMLValue {
        let address =
            contact.optional("street", details.address1) + [contact.text("city", details.city)]
            + contact.optional("sp", details.state) + contact.optional("pc", details.postcode)
            + [contact.text("cc", details.countryCode.uppercased())]
        return contact.element(
            "postalInfo", ["type": form.rawValue],
            [contact.text("name", details.name ?? details.organisation ?? "")]
                + contact.optional("org", details.organisation) + [contact.element("addr", address)])
    }

    private static func reach(_ details: Domains.ContactDetails) -> [XMLValue] {
        let phone = PhoneNumber(details.phone)?.dotted ?? details.phone
        return contact.optional("voice", phone) + [contact.text("email", details.email)]
    }
}
