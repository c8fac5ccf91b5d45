import AdapterKit
import Models

/// A service as the simulated vendor keeps it.
struct DemoService: Codable, Sendable {
    var serviceID: String
    var customerID: String
    var domain: String
    var plan: String
    var seatCount: Int
    /// The administrator has one from the start.
    var seatCountUsed = 1
    var isSuspended = false
    /// Until which day it is paid.
    var expiryDate: String
    var metadata: JSONValue?
    /// The action that ordered it.
    var madeBy: ActionID?
    /// The action that renewed it last.
    var renewedBy: ActionID?

    init(_ wanted: OfficeTools.CreateParameters, at now: Timestamp) {
        serviceID = "svc-\(RandomText.letters(12))"
        customerID = wanted.customerID
        domain = wanted.domain.lowercased()
        plan = wanted.plan
        seatCount = wanted.seatCount
        expiryDate = Self.expiryDate(wanted.billing, from: now)
        metadata = wanted.metadata
    }

    /// Adds the term that was paid to the one that runs, or to now where that is over.
    mutating func renew(_ billing: OfficeTools.Billing, by action: ActionID?, at now: Timestamp) {
        let end = Timestamp(written: expiryDate) ?? now
        expiryDate = Self.expiryDate(billing, from: max(end, now))
        renewedBy = action
    }

    /// The day that was given, otherwise the end of the billing cycle; a year where that is not known either.
    private static func expiryDate(_ billing: OfficeTools.Billing, from start: Timestamp) -> String {
        billing.expiryDate ?? start.advanced(byMonths: billing.billingCycleMonths ?? 12).dayText
    }

    func info(on hostname: String) -> OfficeTools.ServiceInfo {
        OfficeTools.ServiceInfo(
            customerID: customerID, serviceID: serviceID, domain: domain, plan: plan, seatCount: seatCount,
            seatCountUsed: seatCountUsed, status: isSuspended ? "suspended" : "active",
            expiryDate: expiryDate, metadata: metadata, controlPanelURL: "https://\(hostname)/admin",
            workspaceURL: "https://\(hostname)/mail")
    }
}

// MARK: Where services are kept

extension SimulatorTransaction {
    func service(_ id: String) throws -> DemoService? { try value("service/\(id)") }

    /// - Throws: `notFound`; also where the service is another customer's.
    func existing(_ id: String, of customer: String) throws -> DemoService {
        guard let service = try service(id), service.customerID == customer else {
            throw ProviderError(.notFound, "This customer has no such service.")
        }
        return service
    }

    /// The service that an action ordered.
    func service(madeBy action: ActionID) throws -> DemoService? {
        try (value("made/\(action)") as String?).flatMap { try service($0) }
    }

    func serviceID(of domain: String) throws -> String? { try value("domain/\(domain.lowercased())") }

    func put(_ service: DemoService) throws { try set("service/\(service.serviceID)", service) }

    func add(_ service: DemoService) throws {
        try put(service)
        try set("domain/\(service.domain)", service.serviceID)
        if let action = service.madeBy { try set("made/\(action)", service.serviceID) }
    }

    func remove(_ service: DemoService) {
        remove("service/\(service.serviceID)")
        remove("domain/\(service.domain)")
        if let action = service.madeBy { remove("made/\(action)") }
    }
}
