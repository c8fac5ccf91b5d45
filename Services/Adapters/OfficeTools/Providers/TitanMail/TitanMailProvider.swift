import AdapterKit
import Logging
import Models
import ServiceRuntime

/// Business mail by Titan.
///
/// - SeeAlso: https://apidocs.titan.email/
struct TitanMailProvider: OfficeToolsProvider {
    typealias Configuration = OfficeToolsTitanMailContract.Configuration
    static let contract = OfficeToolsTitanMailContract.descriptor

    static var functions: OfficeToolsFunctions<Self> {
        OfficeToolsFunctions(
            create: .init(Self.create, observe: Self.observeCreate),
            getInfo: .init(Self.getInfo),
            login: .init(Self.login),
            renew: .init(Self.renew),
            changePackage: .init(Self.changePackage),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    private let configuration: Configuration
    private let context: ProviderContext
    private let api: TitanMailAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
        api = TitanMailAPI(
            address: configuration.apiURL, secret: configuration.clientSecret,
            transport: context.transport)
    }

    /// That this customer is unknown can only be told to a partner.
    func testConnection() async throws(ProviderError) -> String {
        do throws(ProviderError) {
            _ = try await api.listMailOrders(customerID: "connection-test")
        } catch {
            guard error.kind == .notFound else { throw error }
        }
        return "Signed in as partner \(configuration.clientID)."
    }

    // MARK: Ordering and ending services

    func create(_ wanted: OfficeTools.CreateParameters) async throws(ProviderError) -> OfficeTools.ServiceInfo
    {
        let order = TitanMailNewOrder(
            wanted: wanted, expiryDate: expiryDate(wanted.billing),
            sendsWelcomeEmail: configuration.sendWelcomeEmail ?? false)
        let id = try await api.createMailOrder(order)
        do throws(ProviderError) {
            return try await info(id, of: wanted.customerID)
        } catch {
            // It is ordered by now, and what is known of it suffices.
            context.logger.warning(
                "Could not read the new order",
                metadata: [LogKey.errorKind: "\(error.kind.rawValue)", LogKey.error: "\(error.message)"])
            return OfficeTools.ServiceInfo(
                customerID: wanted.customerID, serviceID: id, domain: wanted.domain, plan: wanted.plan,
                seatCount: wanted.seatCount, seatCountUsed: 0, expiryDate: order.expiryDate,
                controlPanelURL: configuration.controlPanelURL, workspaceURL: configuration.webmailURL)
        }
    }

    /// Whose an order is does not show in it. One that differs from what this action would have ordered is not
    /// its own; about one that does not differ nobody can tell.
    func observeCreate(
        _ wanted: OfficeTools.CreateParameters
    ) async throws(ProviderError) -> Observation<OfficeTools.ServiceInfo> {
        let orders = try await orders(of: wanted.customerID) ?? []
        let expiry = expiryDate(wanted.billing)
        let mayBeOurs = orders.contains { order in
            order.domain.lowercased() == wanted.domain.lowercased() && !order.isDeleted
                && order.plan.lowercased() == wanted.plan.lowercased() && order.seatCount == wanted.seatCount
                && (order.expiryDate.map { $0.hasPrefix(expiry) } ?? true)
        }
        return mayBeOurs ? .unknown : .notDone
    }

    func terminate(_ service: OfficeTools.Service) async throws(ProviderError) -> OfficeTools.TerminateResult
    {
        try await api.deleteMailOrder(service.serviceID)
        return OfficeTools.TerminateResult()
    }

    /// An order that its customer no longer has is gone only where its mailboxes are not to be found either:
    /// the vendor may know it by another customer.
    func observeTerminate(
        _ service: OfficeTools.Service
    ) async throws(ProviderError) -> Observation<OfficeTools.TerminateResult> {
        if let order = try await orders(of: service.customerID)?.first(where: { $0.id == service.serviceID })
        {
            return order.isDeleted ? .done(OfficeTools.TerminateResult()) : .notDone
        }
        let owner: String?
        do throws(ProviderError) {
            owner = try await api.customerID(ofOrder: service.serviceID)
        } catch {
            guard error.kind == .notFound else { throw error }
            return .done(OfficeTools.TerminateResult())
        }
        guard let owner,
            let order = try await orders(of: owner)?.first(where: { $0.id == service.serviceID })
        else { return .unknown }
        return order.isDeleted ? .done(OfficeTools.TerminateResult()) : .notDone
    }

    // MARK: Looking things up

    func getInfo(_ service: OfficeTools.Service) async throws(ProviderError) -> OfficeTools.ServiceInfo {
        try await info(service.serviceID, of: service.customerID)
    }

    func login(_ wanted: OfficeTools.LoginParameters) async throws(ProviderError) -> OfficeTools.LoginResult {
        if wanted.loginType ?? configuration.loginResultType == "token" {
            let token = try await api.generateCPToken(customerID: wanted.customerID, validityMinutes: 30)
            return OfficeTools.LoginResult(type: "token", token: token)
        }
        let panel = try ServiceAddress(configuration.controlPanelURL)
        let token = TitanMailToken.make(
            orderID: wanted.serviceID, at: context.clock.now, secret: configuration.clientSecret)
        context.secrets.add(token)
        let page = HTTPRequest(
            .get, at: panel, path: "/partner/autoLogin",
            query: [
                .init("partnerId", configuration.clientID), .init("jwt", token),
                .init("section", configuration.loginSection ?? "home"),
                .init("locale", wanted.locale ?? "en-us"),
            ])
        return OfficeTools.LoginResult(type: "redirect", url: page.url)
    }

    // MARK: Changing services

    /// A renewal tells the vendor until which day it is paid, so that a repeat of it asks for the same day.
    func renew(_ wanted: OfficeTools.RenewParameters) async throws(ProviderError) -> OfficeTools.ServiceInfo {
        let expiry = expiryDate(wanted.billing)
        if wanted.billing.expiryDate == nil {
            let order = try await order(wanted.serviceID, of: wanted.customerID).order
            let paidUntil = String((order.expiryDate ?? "").prefix(10))
            guard paidUntil <= expiry else {
                throw ProviderError(
                    .invalidInput, "It has to be said until which day the service is renewed.",
                    details: ["paid_until": .string(paidUntil)])
            }
        }
        try await api.modifyMailOrder(
            wanted.serviceID, .renew, customerID: wanted.customerID, domain: wanted.domain,
            billing: TitanMailBilling(wanted.billing, expiryDate: expiry))
        return try await info(wanted.serviceID, of: wanted.customerID)
    }

    func changePackage(
        _ wanted: OfficeTools.ChangePackageParameters
    ) async throws(ProviderError) -> OfficeTools.ServiceInfo {
        try await api.modifyMailOrder(
            wanted.serviceID, .changePlan, customerID: wanted.customerID, domain: wanted.domain,
            billing: TitanMailBilling(wanted.billing, expiryDate: wanted.billing.expiryDate),
            changes: ["planType": .string(wanted.plan), "noOfAccounts": .integer(wanted.seatCount)])
        return try await info(wanted.serviceID, of: wanted.customerID)
    }

    func suspend(_ service: OfficeTools.Service) async throws(ProviderError) -> OfficeTools.ServiceInfo {
        try await api.suspendMailOrder(service.serviceID)
        return try await info(service.serviceID, of: service.customerID)
    }

    func unsuspend(_ service: OfficeTools.Service) async throws(ProviderError) -> OfficeTools.ServiceInfo {
        try await api.unsuspendMailOrder(service.serviceID)
        return try await info(service.serviceID, of: service.customerID)
    }

    // MARK: Parts of several functions

    /// The day that was given, otherwise the end of the billing cycle that begins when the action was asked
    /// for, so that a repeat comes to the same day; a year where no cycle is known.
    private func expiryDate(_ billing: OfficeTools.Billing) -> String {
        billing.expiryDate
            ?? (context.actionID?.madeAt ?? context.clock.now)
            .advanced(byMonths: billing.billingCycleMonths ?? 12).dayText
    }

    /// The customer's orders; nil where the customer is not known.
    private func orders(of customerID: String) async throws(ProviderError) -> [TitanMailOrder]? {
        do throws(ProviderError) {
            return try await api.listMailOrders(customerID: customerID)
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }

    /// An order and the customer whom the vendor knows it by, who may be another than the one told.
    ///
    /// - Throws: `notFound`.
    private func order(
        _ id: String, of customerID: String
    ) async throws(ProviderError) -> (order: TitanMailOrder, customerID: String) {
        var owner = customerID
        var found = try await orders(of: owner)
        if found == nil, let real = try await api.customerID(ofOrder: id) {
            owner = real
            found = try await orders(of: owner)
        }
        guard let order = found?.first(where: { $0.id == id }) else {
            throw ProviderError(
                .notFound, "There is no such mail service.", details: ["order": .string(id)])
        }
        return (order, owner)
    }

    private func info(
        _ id: String, of customerID: String
    ) async throws(ProviderError) -> OfficeTools.ServiceInfo {
        let (order, owner) = try await order(id, of: customerID)
        return OfficeTools.ServiceInfo(
            customerID: owner, serviceID: order.id, domain: order.domain, plan: order.plan,
            seatCount: order.seatCount, seatCountUsed: order.seatCountUsed, status: order.status,
            expiryDate: order.expiryDate, controlPanelURL: configuration.controlPanelURL,
            workspaceURL: configuration.webmailURL)
    }
}
