import AdapterKit
import Models

/// An order as `listMailOrders` shows it.
struct TitanMailOrder: Sendable {
    var id: String
    var domain: String
    var plan: String
    /// In the vendor's words, as in `active`.
    var status: String?
    var seatCount: Int
    var seatCountUsed: Int
    /// The last day that is paid, as in `2027-01-31`.
    var expiryDate: String?

    init?(_ value: JSONValue) {
        guard let id = value["titanOrderId"]?.lenientText, let domain = value["domainName"]?.lenientText
        else { return nil }
        self.id = id
        self.domain = domain
        plan = value["planType"]?.lenientText ?? ""
        status = value["status"]?.lenientText
        seatCount = Self.count(value["noOfAccounts"])
        seatCountUsed = Self.count(value["noOfActiveAccounts"])
        expiryDate = value["expiryDate"]?.lenientText
    }

    /// Whether the service is gone, or about to be.
    var isDeleted: Bool { ["deleted", "cancelled", "canceled"].contains(status?.lowercased()) }

    private static func count(_ value: JSONValue?) -> Int {
        value?.lenientNumber.flatMap { Int(exactly: $0.rounded()) } ?? 0
    }
}

/// What `createMailOrder` is given.
struct TitanMailNewOrder: Sendable {
    var wanted: OfficeTools.CreateParameters
    /// Until which day it is paid.
    var expiryDate: String
    var sendsWelcomeEmail: Bool

    var body: JSONValue {
        let billing = wanted.billing
        var members: [String: JSONValue] = [
            "domainName": .string(wanted.domain), "customerId": .string(wanted.customerID),
            "customerEmailAddress": .string(wanted.customerEmail),
            "alternateEmailAddress": .string(wanted.customerEmail), "planType": .string(wanted.plan),
            "noOfAccounts": .integer(wanted.seatCount), "send_welcome_email": .bool(sendsWelcomeEmail),
        ]
        members["customerName"] = wanted.customerName.map { .string($0) }
        members["customerCountry"] = wanted.countryCode.map { .string($0) }
        members["paymentTxnId"] = billing.transactionID.map { .string($0) }
        members["orderId"] = billing.invoiceNumber.map { .string($0) }
        members["discountAmount"] = billing.discount.map(TitanMailBilling.amount)
        members["taxAmount"] = billing.tax.map(TitanMailBilling.amount)
        members.merge(TitanMailBilling(billing, expiryDate: expiryDate).members) { _, last in last }
        return .object(members)
    }
}

/// What was paid, as new and changed orders tell it.
struct TitanMailBilling: Sendable {
    private let billing: OfficeTools.Billing
    private let expiryDate: String?

    /// - Parameter expiryDate: until which day it is paid; nil where that stays.
    init(_ billing: OfficeTools.Billing, expiryDate: String?) {
        self.billing = billing
        self.expiryDate = expiryDate
    }

    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "chargedAmount": Self.amount(billing.amount), "currency": .string(billing.currency),
        ]
        members["expiryDate"] = expiryDate.map { .string($0) }
        members["billingCycle"] = billing.billingCycleMonths.map(Self.cycle(ofMonths:))
        return members
    }

    /// Whole years are `yearly`, all else `monthly`.
    private static func cycle(ofMonths months: Int) -> JSONValue {
        months > 0 && months.isMultiple(of: 12) ? "yearly" : "monthly"
    }

    /// An amount of money as text: `12.50`, `0`; more than two decimals only where there are.
    static func amount(_ amount: Double) -> JSONValue {
        guard amount != 0, amount.magnitude < 1e12 else { return .string(amount == 0 ? "0" : "\(amount)") }
        let text = "\((amount * 10_000).rounded() / 10_000)"
        guard let point = text.firstIndex(of: "."), !text.contains("e") else { return .string(text) }
        let decimals = text[text.index(after: point)...].count
        return .string(text + String(repeating: "0", count: max(0, 2 - decimals)))
    }
}
