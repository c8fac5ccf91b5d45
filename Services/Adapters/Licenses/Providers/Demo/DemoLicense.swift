import AdapterKit
import Crypto
import Foundation
import Models

/// A licence as the simulated vendor keeps it.
struct DemoLicense: Codable, Sendable {
    /// How many seats every licence has, and how many of them are used.
    static let seats = 10
    static let usedSeats = 3

    var key: String
    var serviceID: String
    var customerID: String
    var package: String
    /// The server that it is bound to; nil once it was freed.
    var ip: String?
    /// Months paid for since it was issued.
    var paidMonths: Int
    var isSuspended = false
    /// The action that issued it.
    var madeBy: ActionID?

    init(_ wanted: Licenses.CreateParameters, madeBy: ActionID?) {
        key = Self.newKey()
        serviceID = "lic-\(RandomText.letters(12))"
        customerID = wanted.customerIdentifier ?? "cus-\(RandomText.letters(12))"
        package = wanted.packageIdentifier ?? "standard"
        ip = wanted.ip
        paidMonths = max(1, wanted.billingCycleMonths ?? 1)
        self.madeBy = madeBy
    }

    /// `DEMO-` and three groups of five letters and digits.
    static func newKey() -> String {
        "DEMO-" + (0..<3).map { _ in RandomText.letters(5).uppercased() }.joined(separator: "-")
    }

    /// What the ledger calls a licence by: a number that follows from its key, and is no key.
    static func subject(of key: String) -> String {
        let digest = SHA256.hash(data: Data(key.utf8)).prefix(4).reduce(0) { $0 << 8 | UInt64($1) }
        return "licence \(digest)"
    }

    /// What the vendor tells of it, without its key.
    var facts: JSONValue {
        .object([
            "status": .string(isSuspended ? "suspended" : "active"), "package": .string(package),
            "seats": .integer(Self.seats), "paid_months": .integer(paidMonths),
            "ip": ip.map { .string($0) } ?? .null,
        ])
    }
}

// MARK: Where licences are kept

extension SimulatorTransaction {
    func license(_ key: String) throws -> DemoLicense? { try value("license/\(key)") }

    /// - Throws: `notFound`.
    func existing(_ key: String) throws -> DemoLicense {
        guard let license = try license(key) else {
            throw ProviderError(.notFound, "There is no licence of this key.")
        }
        return license
    }

    /// The licence that an action issued.
    func license(madeBy action: ActionID) throws -> DemoLicense? {
        try (value("made/\(action)") as String?).flatMap { try license($0) }
    }

    /// The licence that an action renewed or reissued, under the key that it has since.
    func license(touchedBy action: ActionID) throws -> DemoLicense? {
        try (value("touched/\(action)") as String?).flatMap { try license($0) }
    }

    func note(_ action: ActionID?, touched license: DemoLicense) throws {
        if let action { try set("touched/\(action)", license.key) }
    }

    func put(_ license: DemoLicense) throws {
        try set("license/\(license.key)", license)
        if let action = license.madeBy { try set("made/\(action)", license.key) }
    }

    func remove(_ license: DemoLicense) { remove("license/\(license.key)") }
}
