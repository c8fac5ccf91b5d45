import AdapterKit
import Models

/// The HTTP API of LogicBoxes: one method an endpoint.
///
/// Account number and key are parameters of every call. Reading calls are GET, so there they are in the address; those
/// that change something carry all parameters in the body.
///
/// - SeeAlso: https://manage.logicboxes.com/kb/answer/744
struct LogicBoxesAPI: Sendable {
    /// How long an order may take to be answered: 100 s.
    static let orderTimeLimit = Duration.seconds(100)

    let resellerID: String
    let apiKey: String
    let isSandbox: Bool
    let transport: any HTTPTransport
    /// Takes the authorisation codes that come along with details, so that they are removed from recorded traffic.
    let secrets: SecretValues

    // MARK: Domains

    /// A domain of the account; nil where it has none of that name.
    ///
    /// - Parameter options: `All`, or a part such as `OrderDetails`.
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/1755
    func detailsByName(
        _ domain: String, options: String = "All"
    ) async throws(ProviderError) -> LogicBoxesDomain? {
        try await details(
            "domains/details-by-name", [.init("domain-name", domain), .init("options", options)])
    }

    /// The domain of an order; nil where the account has no such order.
    ///
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/770
    func details(orderID: String) async throws(ProviderError) -> LogicBoxesDomain? {
        try await details("domains/details", [.init("order-id", orderID), .init("options", "All")])
    }

    private func details(
        _ command: String, _ fields: [HTTPRequest.Field]
    ) async throws(ProviderError) -> LogicBoxesDomain? {
        let answer: LogicBoxesAnswer
        do throws(ProviderError) {
            answer = try await get(command, fields)
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
        guard let domain = LogicBoxesDomain(answer.value) else { throw answer.unreadable("is no domain") }
        if let code = domain.secret { secrets.add(code) }
        return domain
    }

    /// Whether a name is to be had, as the registry's word by domain, as in `{"example.com":{"status":"available"}}`.
    ///
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/764
    func available(name: String, ending: String) async throws(ProviderError) -> JSONValue {
        try await get("domains/available", [.init("domain-name", name), .init("tlds", ending)]).value
    }

    /// Registers a domain.
    ///
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/752
    func register(_ order: LogicBoxesOrder, years: Int) async throws(ProviderError) -> LogicBoxesReceipt {
        try await receipt("domains/register", order.fields + [.init("years", "\(years)")])
    }

    /// Whether the domain can be transferred in at the moment.
    ///
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/1150
    func validateTransfer(_ domain: String) async throws(ProviderError) -> Bool {
        let answer = try await get("domains/validate-transfer", [.init("domain-name", domain)])
        guard let isPossible = answer.value.lenientFlag else { throw answer.unreadable("is no truth value") }
        return isPossible
    }

    /// Orders a transfer in.
    ///
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/758
    func transfer(
        _ order: LogicBoxesOrder, authCode: String?
    ) async throws(ProviderError) -> LogicBoxesReceipt {
        let code = authCode.map { [HTTPRequest.Field("auth-code", $0)] } ?? []
        return try await receipt("domains/transfer", order.fields + code)
    }

    /// Renews a domain whose present expiry is the one given; of another it is refused.
    ///
    /// - Parameter expiry: in seconds since 1970, as the details tell it.
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/746
    func renew(
        orderID: String, years: Int, expiry: Int
    ) async throws(ProviderError) -> LogicBoxesReceipt {
        try await receipt(
            "domains/renew",
            [
                .init("order-id", orderID), .init("years", "\(years)"), .init("exp-date", "\(expiry)"),
                .init("auto-renew", "0"), .init("invoice-option", "NoInvoice"),
                .init("purchase-privacy", "0"),
            ])
    }

    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/776
    func modifyNameservers(orderID: String, _ hosts: [String]) async throws(ProviderError) {
        _ = try await post(
            "domains/modify-ns", [.init("order-id", orderID)] + hosts.map { .init("ns", $0) })
    }

    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/902 and https://manage.logicboxes.com/kb/answer/903
    func setTheftProtection(orderID: String, _ isOn: Bool) async throws(ProviderError) {
        _ = try await post(
            "domains/\(isOn ? "enable" : "disable")-theft-protection", [.init("order-id", orderID)])
    }

    /// Says which contacts a domain has.
    ///
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/777
    func modifyContacts(orderID: String, _ contacts: LogicBoxesContacts) async throws(ProviderError) {
        _ = try await post("domains/modify-contact", [.init("order-id", orderID)] + contacts.fields)
    }

    /// Hands a UK domain over to the registrar with this tag.
    ///
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/744 (domains, release a .UK domain)
    func releaseUK(orderID: String, tag: String) async throws(ProviderError) {
        _ = try await post(
            "domains/uk/release", [.init("order-id", orderID), .init("new-tag", tag)],
            timeLimit: Self.orderTimeLimit)
    }

    // MARK: Customers and contacts

    /// The customer account with that e-mail address; nil where there is none.
    ///
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/874
    func customerID(username: String) async throws(ProviderError) -> String? {
        let answer: LogicBoxesAnswer
        do throws(ProviderError) {
            answer = try await get("customers/details", [.init("username", username)])
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
        guard let id = answer.value["customerid"]?.lenientText else { throw answer.unreadable("has no id") }
        return id
    }

    /// Opens a customer account.
    ///
    /// - Returns: its id.
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/804
    func signUp(_ person: LogicBoxesPerson, password: String) async throws(ProviderError) -> String {
        try await id(
            "customers/v2/signup",
            [
                .init("username", person.email), .init("passwd", password),
                .init("state", person.state ?? "-"), .init("lang-pref", "en"),
            ] + person.addressFields)
    }

    /// Adds a contact to a customer account.
    ///
    /// - Returns: its id.
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/790
    func addContact(
        _ person: LogicBoxesPerson, type: String, customerID: String
    ) async throws(ProviderError) -> String {
        let state = person.state.map { [HTTPRequest.Field("state", $0)] } ?? []
        return try await id(
            "contacts/add",
            [.init("email", person.email), .init("type", type), .init("customer-id", customerID)]
                + person.addressFields + state)
    }

    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/792
    func contact(id: String) async throws(ProviderError) -> LogicBoxesContact {
        let answer = try await get("contacts/details", [.init("contact-id", id)])
        guard let contact = LogicBoxesContact(answer.value) else { throw answer.unreadable("is no contact") }
        return contact
    }

    // MARK: Actions

    /// Whether the registry is still working on something about the domain; nil where that cannot be told, because
    /// more is going on in the account than one page shows (500).
    ///
    /// - SeeAlso: https://manage.logicboxes.com/kb/answer/908
    func hasPendingAction(on domain: String) async throws(ProviderError) -> Bool? {
        let answer: LogicBoxesAnswer
        do throws(ProviderError) {
            answer = try await get(
                "actions/search-current", [.init("no-of-records", "500"), .init("page-no", "1")])
        } catch {
            guard error.kind == .notFound else { throw error }
            return false
        }
        guard let total = answer.value["recsindb"]?.lenientNumber else {
            throw answer.unreadable("is no list of actions")
        }
        if answer.value.names(domain) { return true }
        return total <= 500 ? false : nil
    }
}

// MARK: Calls

extension LogicBoxesAPI {
    private func get(
        _ command: String, _ fields: [HTTPRequest.Field]
    ) async throws(ProviderError) -> LogicBoxesAnswer {
        var request = request(.get, command)
        request.query = fields + credentials
        return try LogicBoxesAnswer(try await transport.send(request), command: command)
    }

    private func post(
        _ command: String, _ fields: [HTTPRequest.Field], timeLimit: Duration = .seconds(60)
    ) async throws(ProviderError) -> LogicBoxesAnswer {
        var request = request(.post, command)
        request.body = .form(fields + credentials)
        request.timeLimit = timeLimit
        return try LogicBoxesAnswer(try await transport.send(request), command: command)
    }

    /// A call that is answered by an id alone.
    private func id(
        _ command: String, _ fields: [HTTPRequest.Field]
    ) async throws(ProviderError) -> String {
        let answer = try await post(command, fields)
        guard let id = answer.value.lenientText else { throw answer.unreadable("is no id") }
        return id
    }

    private func receipt(
        _ command: String, _ fields: [HTTPRequest.Field]
    ) async throws(ProviderError) -> LogicBoxesReceipt {
        LogicBoxesReceipt(try await post(command, fields, timeLimit: Self.orderTimeLimit).value)
    }

    private func request(_ method: HTTPRequest.Method, _ command: String) -> HTTPRequest {
        HTTPRequest(
            method, host: isSandbox ? "test.httpapi.com" : "httpapi.com", path: "/api/\(command).json",
            headers: [.init("Accept", "application/json")])
    }

    private var credentials: [HTTPRequest.Field] {
        [.init("auth-userid", resellerID), .init("api-key", apiKey)]
    }
}

extension JSONValue {
    /// Whether some text within is the domain's name.
    fileprivate func names(_ domain: String) -> Bool {
        switch self {
        case .string(let text): text.lowercased() == domain
        case .array(let elements): elements.contains { $0.names(domain) }
        case .object(let members): members.values.contains { $0.names(domain) }
        case .null, .bool, .integer, .number: false
        }
    }
}
