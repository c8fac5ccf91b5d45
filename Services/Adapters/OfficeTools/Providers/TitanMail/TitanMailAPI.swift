import AdapterKit
import Models

/// Titan's partner interface: one method an endpoint.
///
/// The secret travels in the `Authorization` header.
///
/// - SeeAlso: https://apidocs.titan.email/
struct TitanMailAPI: Sendable {
    /// As the configuration says it.
    let address: String
    let secret: String
    let transport: any HTTPTransport

    // MARK: Reading

    /// The orders of one customer.
    ///
    /// - Throws: `notFound` where the customer has never had one.
    /// - SeeAlso: https://apidocs.titan.email/ (`GET /partner/listMailOrders`)
    func listMailOrders(customerID: String) async throws(ProviderError) -> [TitanMailOrder] {
        let answer = try await send(.get, "listMailOrders", query: [.init("customerId", customerID)])
        guard let orders = answer.body["orders"]?.arrayValue else {
            throw answer.response.unreadable("has no orders")
        }
        return orders.compactMap(TitanMailOrder.init)
    }

    /// The customer whom the mailboxes of an order belong to; nil where it has no mailbox yet.
    ///
    /// - Throws: `notFound` where there is no such order.
    /// - SeeAlso: https://apidocs.titan.email/ (`GET /partner/listEmailAccounts`)
    func customerID(ofOrder orderID: String) async throws(ProviderError) -> String? {
        let answer = try await send(.get, "listEmailAccounts", query: [.init("titanOrderId", orderID)])
        guard let accounts = answer.body["accounts"]?.arrayValue else {
            throw answer.response.unreadable("has no accounts")
        }
        return accounts.lazy.compactMap { $0["customerId"]?.lenientText }.first
    }

    // MARK: Orders

    /// Orders mail for a domain.
    ///
    /// - Returns: the id of the order.
    /// - Throws: `alreadyExists` where the domain has an order already.
    /// - SeeAlso: https://apidocs.titan.email/ (`POST /partner/createMailOrder`)
    func createMailOrder(_ order: TitanMailNewOrder) async throws(ProviderError) -> String {
        let answer = try await send(.post, "createMailOrder", body: order.body)
        guard let id = answer.body["titanOrderId"]?.lenientText else {
            throw answer.response.unreadable("has no order id")
        }
        return id
    }

    enum Modification: String, Sendable {
        case renew = "renewOrder"
        case changePlan = "upgradeOrder"
    }

    /// Renews an order, or changes its plan or seats.
    ///
    /// - Parameter changes: besides the order and its billing.
    /// - SeeAlso: https://apidocs.titan.email/ (`POST /partner/modifyMailOrder`)
    func modifyMailOrder(
        _ orderID: String, _ modification: Modification, customerID: String, domain: String,
        billing: TitanMailBilling, changes: [String: JSONValue] = [:]
    ) async throws(ProviderError) {
        let order: [String: JSONValue] = [
            "action": .string(modification.rawValue), "serviceId": .string(orderID),
            "customerId": .string(customerID), "domainName": .string(domain),
        ]
        let members = order.merging(billing.members) { _, last in last }
        try await change("modifyMailOrder", members.merging(changes) { _, last in last })
    }

    /// - SeeAlso: https://apidocs.titan.email/ (`POST /partner/suspendMailOrder`)
    func suspendMailOrder(_ orderID: String) async throws(ProviderError) {
        try await change("suspendMailOrder", ["titanOrderId": .string(orderID)])
    }

    /// - SeeAlso: https://apidocs.titan.email/ (`POST /partner/unsuspendMailOrder`)
    func unsuspendMailOrder(_ orderID: String) async throws(ProviderError) {
        try await change("unsuspendMailOrder", ["titanOrderId": .string(orderID)])
    }

    /// Deletes an order with its mailboxes for good.
    ///
    /// - SeeAlso: https://apidocs.titan.email/ (`POST /partner/deleteMailOrder`)
    func deleteMailOrder(_ orderID: String) async throws(ProviderError) {
        try await change("deleteMailOrder", ["titanOrderId": .string(orderID)])
    }

    // MARK: Signing in

    /// A token that the control panel, embedded in a page of one's own, signs a customer in with.
    ///
    /// - SeeAlso: https://apidocs.titan.email/ (`POST /partner/generateCPToken`)
    func generateCPToken(customerID: String, validityMinutes: Int) async throws(ProviderError) -> String {
        let answer = try await send(
            .post, "generateCPToken",
            body: ["customerId": .string(customerID), "validityInMinutes": .integer(validityMinutes)],
            isChanging: false)
        guard let token = answer.body["token"]?.lenientText else {
            throw answer.response.unreadable("has no token")
        }
        return token
    }
}

// MARK: Calls

extension TitanMailAPI {
    private struct Answer {
        var response: HTTPResponse
        var body: JSONValue
    }

    /// A call that says no more than whether it was carried out.
    private func change(_ command: String, _ members: [String: JSONValue]) async throws(ProviderError) {
        let answer = try await send(.post, command, body: .object(members))
        if let status = answer.body["status"]?.stringValue, status.lowercased() != "success" {
            throw ProviderError(
                .rejected, details: ["command": .string(command), "answer": .string(status)],
                mayHaveTakenEffect: true)
        }
    }

    private func send(
        _ method: HTTPRequest.Method, _ command: String, query: [HTTPRequest.Field] = [],
        body: JSONValue? = nil, isChanging: Bool? = nil
    ) async throws(ProviderError) -> Answer {
        var request = HTTPRequest(
            method, at: try ServiceAddress(address), path: "/partner/\(command)", query: query,
            headers: [.init("Accept", "application/json"), .init("Authorization", secret)])
        request.isChanging = isChanging ?? request.isChanging
        if let body { request.body = .json(body) }
        let response = try await transport.send(request)
        do throws(ProviderError) {
            return Answer(response: response, body: try response.successful().json())
        } catch {
            throw Self.refusal(error, response).adding("command", .string(command))
        }
    }

    /// The one place where the vendor's codes become kinds; the status decides where a code says nothing.
    ///
    /// A 404 without a code is none of the interface's: something else answers at the address.
    private static func refusal(_ error: ProviderError, _ response: HTTPResponse) -> ProviderError {
        guard response.errorKind != nil else { return error }
        // An error's body is told where it is JSON; where it is not, the status has to do.
        let body = try? response.json()
        let code = body?["code"]?.lenientText ?? body?["error"]?.lenientText
        var error = error
        error.details["code"] = code.map { .string($0) }
        error.details["reason"] = body?["desc"]?.lenientText.map { .string($0) }
        if let code, [400, 403, 404, 409, 422].contains(response.status) {
            error.kind = kind(of: code) ?? error.kind
        } else if error.kind == .notFound {
            error.kind = .providerUnavailable
        }
        error.message =
            switch error.kind {
            case .alreadyExists: "There is a mail service for this domain already."
            case .notFound: "There is no such mail service."
            default: error.kind.customerMessage
            }
        return error
    }

    private static func kind(of code: String) -> ErrorKind? {
        let code = code.lowercased().replacing("_", with: "")
        if code == "partnernotfound" || code == "unauthenticated" { return .unauthorized }
        if code.contains("exists") { return .alreadyExists }
        if code.contains("notfound") { return .notFound }
        if code.contains("unauthorized") || code.contains("forbidden") { return .unauthorized }
        if code.contains("invalid") || code.contains("badrequest") { return .invalidInput }
        return nil
    }
}
