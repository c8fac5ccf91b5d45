import AdapterKit
import Models

/// The XML API of OpenSRS (XCP): one method an action.
///
/// Every message is a POST to the same address, signed with the account's key.
///
/// - SeeAlso: https://domains.opensrs.guide/docs/overview
struct OpenSRSAPI: Sendable {
    /// How long an order may take to be answered: 100 s.
    static let orderTimeLimit = Duration.seconds(100)

    let connection: OpenSRSConnection
    let transport: any HTTPTransport

    // MARK: The account

    /// Signs in and nothing more: what it tells of money is not looked at.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/get_balance
    func getBalance() async throws(ProviderError) {
        _ = try await read("GET_BALANCE", "BALANCE", [:])
    }

    // MARK: Domains

    /// Looks names up: their statuses, and which of them have a price of their own.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/name_suggest-domain
    func lookup(
        _ name: String, endings: [String]
    ) async throws(ProviderError) -> (statuses: [String: String], premium: Set<String>) {
        let attributes = try await read(
            "name_suggest", "domain",
            [
                "services": ["lookup", "premium"], "searchstring": .text(name),
                "tlds": .list(endings.map { .text($0) }), "max_wait_time": "10",
            ], protocolFirst: true
        ).attributes
        func items(_ service: String) -> [(domain: String, status: String)] {
            (attributes[service]?["items"]?.arrayValue ?? []).compactMap { item in
                item["domain"]?.lenientText.map { ($0.lowercased(), item["status"]?.lenientText ?? "") }
            }
        }
        let statuses = Dictionary(items("lookup").map { ($0.domain, $0.status) }) { first, _ in first }
        return (statuses, Set(items("premium").map(\.domain)))
    }

    /// A domain of the account; nil where it has none of that name.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/get-domain (type all_info)
    func allInfo(_ domain: String) async throws(ProviderError) -> OpenSRSDomain? {
        do throws(ProviderError) {
            return OpenSRSDomain(
                try await get(domain, type: "all_info", more: [("clean_ca_subset", "1")]))
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }

    /// A part of what is known of a domain.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/get-domain
    func get(
        _ domain: String, type: String, more: [(String, XCPValue)] = []
    ) async throws(ProviderError) -> JSONValue {
        try await read(
            "GET", "DOMAIN", .members([("domain", .text(domain)), ("type", .text(type))] + more)
        ).attributes
    }

    /// Registers a domain or orders its transfer.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/sw_register-domain
    func register(_ attributes: XCPValue) async throws(ProviderError) -> OpenSRSReceipt {
        OpenSRSReceipt(
            try await change("SW_REGISTER", "DOMAIN", attributes, timeLimit: Self.orderTimeLimit))
    }

    /// Renews a domain that expires in the year given; of another it is refused.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/renew-domain
    func renew(_ domain: String, years: Int, expiryYear: String) async throws(ProviderError) {
        _ = try await change(
            "RENEW", "DOMAIN",
            [
                "domain": .text(domain), "handle": "process", "period": .text("\(years)"),
                "currentexpirationyear": .text(expiryYear),
            ], timeLimit: Self.orderTimeLimit)
    }

    /// Changes one kind of data of a domain.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/modify-domain
    func modify(_ attributes: XCPValue) async throws(ProviderError) {
        _ = try await change("MODIFY", "DOMAIN", attributes)
    }

    /// Sets the authorisation code.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/modify-domain (domain_auth_info)
    func setAuthInfo(_ domain: String, _ code: String) async throws(ProviderError) {
        _ = try await change(
            "modify", "DOMAIN",
            [
                "domain": .text(domain), "affect_domains": "0", "data": "domain_auth_info",
                "domain_auth_info": .text(code),
            ])
    }

    /// Replaces one contact.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/update_contacts-domain
    func updateContact(
        _ domain: String, type: String, _ contact: XCPValue
    ) async throws(ProviderError) {
        let answer = try await change(
            "UPDATE_CONTACTS", "DOMAIN",
            [
                "domain": .text(domain), "types": [.text(type)], "contact_set": .members([(type, contact)]),
            ])
        // The whole may have been done while the domain was not.
        let details = answer.attributes["details"]?[domain]
        let code = details?["response_code"]?.lenientNumber.flatMap { Int(exactly: $0) }
        if let code, !(200..<300).contains(code) {
            throw answer.refusal(
                code: code, reason: details?["response_text"]?.lenientText ?? "no reason given")
        }
    }

    // MARK: Orders

    /// The transfers of a domain into the account, those that are over among them.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/get_transfers_in
    func transfersIn(_ domain: String) async throws(ProviderError) -> [OpenSRSTransfer] {
        let attributes = try await read("get_transfers_in", "DOMAIN", ["domain": .text(domain)]).attributes
        return (attributes["transfers"]?.arrayValue ?? []).map { OpenSRSTransfer($0) }
    }

    /// How an order stands, as in `completed`; nil where it is not told.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/get_order_info
    func orderStatus(_ id: String) async throws(ProviderError) -> String? {
        try await read("get_order_info", "DOMAIN", ["order_id": .text(id)])
            .attributes["field_hash"]?["status"]?.lenientText?.lowercased()
    }

    /// The statuses of the orders of a domain.
    ///
    /// - Parameters:
    ///   - type: `new`, `renewal`, `transfer`.
    ///   - day: the first day, as in `2026-02-03`.
    /// - SeeAlso: https://domains.opensrs.guide/docs/get_orders_by_domain
    func orders(
        _ domain: String, type: String, since day: String
    ) async throws(ProviderError) -> [String] {
        do throws(ProviderError) {
            let attributes = try await read(
                "get_orders_by_domain", "DOMAIN",
                ["domain": .text(domain), "type": .text(type), "order_from": .text(day)]
            ).attributes
            return (attributes["orders"]?.arrayValue ?? []).map {
                $0["status"]?.lenientText?.lowercased() ?? ""
            }
        } catch {
            guard error.kind == .notFound else { throw error }
            return []
        }
    }

    /// Whether the domain was in the account and has been deleted.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/get_deleted_domains
    func isDeleted(_ domain: String) async throws(ProviderError) -> Bool {
        let answer = try await read("GET_DELETED_DOMAINS", "DOMAIN", ["domain": .text(domain)])
        guard let total = answer.attributes["total"]?.lenientNumber else {
            throw answer.unreadable("has no total")
        }
        return total > 0
    }

    // MARK: Verification of the holder

    /// - SeeAlso: https://domains.opensrs.guide/docs/get_registrant_verification_status
    func verificationStatus(_ domain: String) async throws(ProviderError) -> JSONValue {
        try await read(
            "get_registrant_verification_status", "domain", ["domain": .text(domain)], protocolFirst: true
        ).attributes
    }

    /// - Returns: the vendor's word on it.
    /// - SeeAlso: https://domains.opensrs.guide/docs/send_registrant_verification_email
    func sendVerificationEmail(_ domain: String) async throws(ProviderError) -> String {
        try await change(
            "send_registrant_verification_email", "domain", ["domain": .text(domain)], protocolFirst: true
        ).text
    }
}

// MARK: Calls

extension OpenSRSAPI {
    func read(
        _ action: String, _ object: String, _ attributes: XCPValue, protocolFirst: Bool = false,
        domain: String? = nil, accepted: Set<Int> = []
    ) async throws(ProviderError) -> OpenSRSAnswer {
        let message = Self.message(action, object, attributes, protocolFirst: protocolFirst, domain: domain)
        return try OpenSRSAnswer(
            try await transport.send(request(message, isChanging: false)), action: action,
            accepted: accepted)
    }

    func change(
        _ action: String, _ object: String, _ attributes: XCPValue, protocolFirst: Bool = false,
        timeLimit: Duration = .seconds(60)
    ) async throws(ProviderError) -> OpenSRSAnswer {
        var request = request(
            Self.message(action, object, attributes, protocolFirst: protocolFirst, domain: nil),
            isChanging: true)
        request.timeLimit = timeLimit
        return try OpenSRSAnswer(try await transport.send(request), action: action)
    }

    /// - Parameter protocolFirst: the order of the members, which means nothing; it is the one that is known to work.
    private static func message(
        _ action: String, _ object: String, _ attributes: XCPValue, protocolFirst: Bool, domain: String?
    ) -> XCPValue {
        let names: [(String, XCPValue)] = [("action", .text(action)), ("object", .text(object))]
        let kind: [(String, XCPValue)] = [("protocol", "XCP")]
        return .members(
            (protocolFirst ? kind + names : names + kind) + [("attributes", attributes)]
                + (domain.map { [("domain", .text($0))] } ?? []))
    }

    private func request(_ message: XCPValue, isChanging: Bool) -> HTTPRequest {
        let text = message.envelope
        return HTTPRequest(
            .post, host: connection.host, port: connection.port, path: "",
            headers: [
                .init("X-Username", connection.username),
                .init("X-Signature", OpenSRSSignature.of(text, key: connection.key)),
            ], body: .text(text, contentType: "text/xml"), isChanging: isChanging,
            verifiesTLS: connection.verifiesTLS)
    }
}
