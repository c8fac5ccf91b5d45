import AdapterKit
import Models

/// The control panel's API: one method an endpoint. Parameters are segments of the path, a name and its value
/// each.
///
/// - SeeAlso: https://documentation.n-able.com/spamexperts/userguide/Content/Integration/int-own-sft.htm; the
///   list of calls is in the control panel itself, at `/api`.
struct SpamExpertsAPI: Sendable {
    /// The panel's address.
    let dashboard: ServiceAddress
    let username: String
    let password: String
    let timeLimit: Duration
    let transport: any HTTPTransport

    /// The products that domains can have.
    ///
    /// - SeeAlso: `/api`, productslist/get
    func availableProducts() async throws(ProviderError) -> [String] {
        let answer = try await call(
            "productslist", "get", [("getavailable", "1")], isChanging: false)
        let value = try answer.json()
        guard let products = value.arrayValue else {
            throw answer.response.unreadable("is no list of products")
        }
        return products.compactMap(\.stringValue)
    }

    /// - SeeAlso: `/api`, domain/exists
    func exists(domain: String) async throws(ProviderError) -> Bool {
        let answer = try await call("domain", "exists", [("domain", domain)], isChanging: false)
        guard let isPresent = try answer.json()["present"]?.lenientFlag else {
            throw answer.response.unreadable("does not say whether the domain is there")
        }
        return isPresent
    }

    /// - SeeAlso: `/api`, domain/add
    func add(domain: String) async throws(ProviderError) {
        try await call("domain", "add", [("domain", domain)]).confirmed()
    }

    /// - SeeAlso: `/api`, domain/remove
    func remove(domain: String) async throws(ProviderError) {
        try await call("domain", "remove", [("domain", domain)]).confirmed()
    }

    /// - SeeAlso: `/api`, domain/setproducts
    func set(_ products: Set<SpamExpertsProduct>, of domain: String) async throws(ProviderError) {
        let flags = SpamExpertsProduct.allCases.map { ($0.rawValue, products.contains($0) ? "1" : "0") }
        try await call("domain", "setproducts", [("domain", domain)] + flags).confirmed()
    }

    /// - SeeAlso: `/api`, domain/getproducts
    func products(of domain: String) async throws(ProviderError) -> [SpamExpertsProduct] {
        let answer = try await call("domain", "getproducts", [("domain", domain)], isChanging: false)
        guard let flags = try answer.json().objectValue else {
            throw answer.response.unreadable("is no map of products")
        }
        return SpamExpertsProduct.allCases.filter { flags[$0.rawValue]?.lenientFlag == true }
    }

    /// A ticket that signs a user in; it is good for some minutes.
    ///
    /// - SeeAlso:
    ///   https://documentation.n-able.com/spamexperts/userguide/Content/Integration/multi-admin-ctrl-pnl-access.htm
    func createTicket(username: String) async throws(ProviderError) -> String {
        let answer = try await call("authticket", "create", [("username", username)], isChanging: false)
        let ticket = try answer.text()
        guard (16...256).contains(ticket.utf8.count),
            ticket.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        else { throw answer.response.unreadable("is no ticket") }
        return ticket
    }

    private func call(
        _ controller: String, _ action: String, _ parameters: [(String, String)], isChanging: Bool = true
    ) async throws(ProviderError) -> SpamExpertsAnswer {
        var path = "/api/\(controller)/\(action)"
        for (name, value) in parameters { path += "/\(name)/\(try Self.segment(value))" }
        let request = HTTPRequest(
            .post, at: dashboard, path: path,
            headers: [.basicAuthorization(username: username, password: password)], isChanging: isChanging,
            timeLimit: timeLimit)
        return try SpamExpertsAnswer(try await transport.send(request), call: "\(controller)/\(action)")
    }

    /// A value as one segment of a path; the panel decodes it once more.
    ///
    /// - Throws: `invalidInput` where it would be more than one, or none.
    private static func segment(_ value: String) throws(ProviderError) -> String {
        guard !value.contains(where: { "\\%".contains($0) }) else {
            throw ProviderError(.invalidInput, "This is not the name of a domain.")
        }
        return try HTTPRequest.segment(value)
    }
}

/// What a domain can have in the panel.
enum SpamExpertsProduct: String, Sendable, CaseIterable {
    case incoming, outgoing, archiving
}
