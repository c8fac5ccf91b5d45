import AdapterKit
import Foundation
import Models

/// The XML API of Namecheap: one method a command.
///
/// Every call is a GET to one address, with user, key and command among its parameters.
///
/// - SeeAlso: https://www.namecheap.com/support/api/methods/ and
///   https://www.namecheap.com/support/api/global-parameters/
struct NamecheapAPI: Sendable {
    /// How long an order may take to be answered: 100 s.
    static let orderTimeLimit = Duration.seconds(100)

    let username: String
    let apiKey: String
    /// From where the calls come; nil where the configuration does not say.
    let clientIP: String?
    let isSandbox: Bool
    let transport: any HTTPTransport

    // MARK: Reading

    /// Signs in and nothing more: what it tells of money is not looked at.
    ///
    /// - SeeAlso: https://www.namecheap.com/support/api/methods/users/get-balances/
    func getBalances() async throws(ProviderError) {
        _ = try await read("users.getBalances")
    }

    /// Whether names are to be had, in the order of the answer.
    ///
    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains/check/
    func check(_ domains: [String]) async throws(ProviderError) -> [NamecheapAvailability] {
        let answer = try await read("domains.check", [.init("DomainList", domains.joined(separator: ","))])
        return answer.result.all("DomainCheckResult").compactMap(NamecheapAvailability.init)
    }

    /// A domain of the account; nil where it has none of that name.
    ///
    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains/get-info/
    func getInfo(_ domain: String) async throws(ProviderError) -> NamecheapDomain? {
        let answer: NamecheapAnswer
        do throws(ProviderError) {
            answer = try await read("domains.getinfo", [.init("DomainName", domain)])
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
        guard let found = answer.result["DomainGetInfoResult"].flatMap(NamecheapDomain.init) else {
            throw answer.unreadable("is no domain")
        }
        return found.isOwn ? found : nil
    }

    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains/get-registrar-lock/
    func getRegistrarLock(_ domain: String) async throws(ProviderError) -> Bool {
        let answer = try await read("domains.getRegistrarLock", [.init("DomainName", domain)])
        let status = answer.result["DomainGetRegistrarLockResult"]?.attribute("RegistrarLockStatus")
        guard let status else { throw answer.unreadable("has no lock status") }
        return status.lowercased() == "true"
    }

    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains/get-contacts/
    func getContacts(_ domain: String) async throws(ProviderError) -> NamecheapContacts {
        let answer = try await read("domains.getContacts", [.init("DomainName", domain)])
        guard let result = answer.result["DomainContactsResult"] else {
            throw answer.unreadable("has no contacts")
        }
        return NamecheapContacts(result)
    }

    /// The nameservers of a domain.
    ///
    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains-dns/get-list/
    func getNameservers(name: String, ending: String) async throws(ProviderError) -> [String] {
        let answer = try await read("domains.dns.getList", [.init("SLD", name), .init("TLD", ending)])
        guard let result = answer.result["DomainDNSGetListResult"] else {
            throw answer.unreadable("has no nameservers")
        }
        return result.all("Nameserver").compactMap(\.content)
    }

    enum TransferList: String, Sendable {
        case inProgress = "INPROGRESS"
        case cancelled = "CANCELLED"
        case completed = "COMPLETED"
    }

    /// The transfers of a domain that stand so.
    ///
    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains-transfer/get-list/
    func transfers(_ list: TransferList, of domain: String) async throws(ProviderError) -> [NamecheapTransfer]
    {
        let answer = try await read(
            "domains.transfer.getlist", [.init("SearchTerm", domain), .init("ListType", list.rawValue)])
        // The search is for a part of the name, so that others may be found too.
        return (answer.result["TransferGetListResult"]?.all("Transfer") ?? [])
            .compactMap(NamecheapTransfer.init).filter { $0.domain == domain }
    }

    // MARK: Changing

    /// Registers a domain.
    ///
    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains/create/
    func create(
        _ domain: String, years: Int, nameservers: [String], contacts: NamecheapContacts,
        hidesHolder: Bool, additional: [HTTPRequest.Field]
    ) async throws(ProviderError) {
        let privacy =
            hidesHolder ? [HTTPRequest.Field("AddFreeWhoisguard", "yes"), .init("WGEnabled", "yes")] : []
        let fields =
            [
                HTTPRequest.Field("DomainName", domain), .init("Years", "\(years)"),
                .init("Nameservers", Self.list(nameservers)),
            ] + contacts.fields + privacy
        let names = Set((fields + credentials).map { $0.name.lowercased() } + ["command", "clientip"])
        guard additional.allSatisfy({ !names.contains($0.name.lowercased()) }) else {
            throw ProviderError(.invalidInput, "An additional field has a name that is taken.")
        }
        try await change("domains.create", fields + additional, timeLimit: Self.orderTimeLimit)
    }

    /// Orders a transfer in.
    ///
    /// - Returns: the transfer's id.
    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains-transfer/create/
    func createTransfer(
        _ domain: String, code: String?, years: Int
    ) async throws(ProviderError) -> String? {
        // Codes have signs that do not always arrive as they are, so the vendor takes them in this form too.
        let code = code.map {
            [HTTPRequest.Field("EPPCode", "base64:\(Data($0.utf8).base64EncodedString())")]
        }
        let answer = try await change(
            "domains.transfer.create",
            [.init("DomainName", domain), .init("Years", "\(years)")] + (code ?? []),
            timeLimit: Self.orderTimeLimit)
        return answer.result["DomainTransferCreateResult"]?.attribute("TransferID")
    }

    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains/renew/
    func renew(_ domain: String, years: Int) async throws(ProviderError) {
        try await change(
            "domains.renew", [.init("DomainName", domain), .init("Years", "\(years)")],
            timeLimit: Self.orderTimeLimit)
    }

    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains/set-registrar-lock/
    func setRegistrarLock(_ domain: String, _ isLocked: Bool) async throws(ProviderError) {
        try await change(
            "domains.setRegistrarLock",
            [.init("DomainName", domain), .init("LockAction", isLocked ? "lock" : "unlock")])
    }

    /// Replaces all contacts.
    ///
    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains/set-contacts/
    func setContacts(_ domain: String, _ contacts: NamecheapContacts) async throws(ProviderError) {
        try await change("domains.setContacts", [.init("DomainName", domain)] + contacts.fields)
    }

    /// Gives a domain the vendor's own nameservers.
    ///
    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains-dns/set-default/
    func setDefaultNameservers(name: String, ending: String) async throws(ProviderError) {
        try await change(
            "domains.dns.setDefault",
            [.init("SLD", name), .init("TLD", ending), .init("NameServers", "")])
    }

    /// - SeeAlso: https://www.namecheap.com/support/api/methods/domains-dns/set-custom/
    func setNameservers(
        name: String, ending: String, _ hosts: [String]
    ) async throws(ProviderError) {
        try await change(
            "domains.dns.setCustom",
            [.init("SLD", name), .init("TLD", ending), .init("NameServers", Self.list(hosts))])
    }
}

// MARK: Calls

extension NamecheapAPI {
    private func read(
        _ command: String, _ fields: [HTTPRequest.Field] = []
    ) async throws(ProviderError) -> NamecheapAnswer {
        try await send(command, fields, isChanging: false, timeLimit: .seconds(60))
    }

    @discardableResult
    private func change(
        _ command: String, _ fields: [HTTPRequest.Field], timeLimit: Duration = .seconds(60)
    ) async throws(ProviderError) -> NamecheapAnswer {
        let answer = try await send(command, fields, isChanging: true, timeLimit: timeLimit)
        try answer.confirm()
        return answer
    }

    private func send(
        _ command: String, _ fields: [HTTPRequest.Field], isChanging: Bool, timeLimit: Duration
    ) async throws(ProviderError) -> NamecheapAnswer {
        guard let clientIP else {
            throw ProviderError(
                .internal, details: ["problem": "The configuration lacks client_ip, which the vendor wants."])
        }
        let request = HTTPRequest(
            .get, host: isSandbox ? "api.sandbox.namecheap.com" : "api.namecheap.com", path: "/xml.response",
            query: credentials + [.init("ClientIp", clientIP), .init("command", "namecheap.\(command)")]
                + fields,
            headers: [.init("Accept", "application/xml")], isChanging: isChanging, timeLimit: timeLimit)
        return try NamecheapAnswer(try await transport.send(request), command: command)
    }

    private var credentials: [HTTPRequest.Field] {
        [.init("ApiUser", username), .init("ApiKey", apiKey), .init("UserName", username)]
    }

    /// Hosts as a list: a comma behind each.
    private static func list(_ hosts: [String]) -> String { hosts.map { $0 + "," }.joined() }
}
