import AdapterKit
import Models

/// A provider that is a registry speaking EPP. What all of them do alike is in the extensions; where one differs, it says
/// so in its `traits` or brings a method of its own.
protocol EPPProvider: DomainsProvider {
    static var traits: EPPTraits { get }
    var client: EPPClient { get }
    var context: ProviderContext { get }

    /// A contact in the words of the blueprint.
    func shown(_ contact: EPPContactInfo) -> Domains.Contact
    /// The contact as this registry wants it.
    func newContact(_ details: Domains.ContactDetails, for role: EPPContactRole) -> EPPNewContact
    /// Whether a domain that the registry tells of is in our account.
    func isOurs(_ domain: EPPDomainInfo) -> Bool
    /// What a message is about; nil where it is about nothing that the blueprint has a word for.
    func news(in message: EPPMessage) -> EPPNews?
}

/// What is peculiar about one registry, in so far as it can be said in words.
struct EPPTraits: Sendable {
    /// How it is asked whether a host is there.
    enum HostQuestion: Sendable {
        case check, info
    }

    /// What its status `ok` is shown as.
    var okStatus = "ok"
    /// Whether its domains can be locked.
    var hasLocks = true
    /// Whether it can be asked how a transfer is getting on.
    var tellsTransfers = true
    var hostQuestion = HostQuestion.check
}

/// What a contact of a domain is there for.
enum EPPContactRole: String, Sendable {
    case registrant, billing, tech, admin

    /// - Throws: `invalidInput` where it is none of these.
    init(type: String) throws(ProviderError) {
        guard let role = EPPContactRole(rawValue: type) else {
            throw ProviderError(.invalidInput, "A domain has no such contact.")
        }
        self = role
    }
}

extension EPPProvider {
    func shown(_ contact: EPPContactInfo) -> Domains.Contact { contact.contact }

    func newContact(_ details: Domains.ContactDetails, for role: EPPContactRole) -> EPPNewContact {
        EPPNewContact(id: contactID(for: role), details: details, authCode: newAuthCode())
    }

    func isOurs(_ domain: EPPDomainInfo) -> Bool { domain.sponsor == client.account.user }

    func testConnection() async throws(ProviderError) -> String {
        try await client.testLogin()
        return "Signed in to \(client.account.endpoint.host) as \(client.account.user)."
    }

    /// The id that a contact gets which this action registers. It follows from the action, so that a repeat finds the
    /// same contact instead of making another, and a domain that has it can only be this action's.
    func contactID(for role: EPPContactRole) -> String {
        let mark = context.actionID.map { String($0.rawValue.suffix(12)) } ?? RandomText.letters(12)
        return ("P" + role.rawValue.prefix(1) + mark).uppercased()
    }

    /// A new authorisation code, known as a secret.
    func newAuthCode() -> String {
        let code = EPPAuthCode.make()
        context.secrets.add(code)
        return code
    }

    /// When the action was made.
    var actionMadeAt: Timestamp? { context.actionID?.madeAt }
}

/// Authorisation codes: of domains, and of contacts, which nobody ever uses.
enum EPPAuthCode {
    /// 16 characters with capitals, small letters, digits and marks, as the stricter registries ask for: about 90 bits.
    static func make() -> String {
        let kinds = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "!#*-_"].map(
            Array.init)
        let all = kinds.flatMap { $0 }
        var characters = kinds.compactMap { $0.randomElement() }
        while characters.count < 16 { characters += [all.randomElement()].compactMap { $0 } }
        return String(characters.shuffled())
    }
}
