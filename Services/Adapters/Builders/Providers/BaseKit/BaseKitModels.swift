import AdapterKit
import Foundation
import Models

/// The vendor's number of a user or site.
struct BaseKitReference: Sendable, Equatable {
    /// As the vendor writes it.
    var value: JSONValue
    var text: String

    init?(_ value: JSONValue?) {
        guard let value, let text = value.lenientText else { return nil }
        self.value = value
        self.text = text
    }
}

/// A user as the vendor shows it.
struct BaseKitUser: Sendable {
    /// Not always shown.
    var reference: BaseKitReference?
    var username: String?
    var isDeleted: Bool
    var package: BaseKitReference?
    var storageBytes: Double?

    init(_ value: JSONValue) {
        reference = BaseKitReference(value["ref"])
        username = value["username"]?.lenientText
        isDeleted = value["deleted"]?.lenientFlag ?? false
        package = BaseKitReference(value["subscriptionPackageRef"])
        storageBytes = value["storageBytesUsed"]?.lenientNumber
    }

    /// How much space is used, in the largest unit that leaves a number from 1; `None` where it is none.
    var storageText: String? {
        guard let storageBytes else { return nil }
        guard storageBytes > 0 else { return Self.noStorage }
        let units = ["B", "KB", "MB", "GB", "TB"]
        var (amount, unit) = (storageBytes, 0)
        while amount >= 1_024, unit < units.count - 1 { (amount, unit) = (amount / 1_024, unit + 1) }
        let rounded = (amount * 100).rounded() / 100
        return (Int(exactly: rounded).map(String.init) ?? String(rounded)) + " " + units[unit]
    }

    static let noStorage = "None"
}

/// A site as the vendor shows it.
struct BaseKitSite: Sendable {
    var reference: BaseKitReference
    var domain: String?

    init?(_ value: JSONValue) {
        guard let reference = BaseKitReference(value["ref"]) else { return nil }
        self.reference = reference
        domain = value["primaryDomain"]?["domainName"]?.lenientText
    }
}

/// A user to be opened.
struct BaseKitNewUser: Sendable {
    var brand: JSONValue
    var username: String
    var email: String
    var password: String
    var name: PersonName
    var languageCode: String?
    var metadata: [String: JSONValue]

    var body: JSONValue {
        var body: [String: JSONValue] = [
            "brandRef": brand, "username": .string(username), "email": .string(email),
            "password": .string(password), "firstName": .string(name.first), "metadata": .object(metadata),
        ]
        body["lastName"] = name.last.map { .string($0) }
        body["languageCode"] = languageCode.map { .string($0) }
        return .object(body)
    }
}

/// Names of users, which are unique at the vendor.
enum BaseKitUsername {
    /// A name that reads like the person's and that only this action makes: the first letter of the first name,
    /// at most 12 of the last, and the last 10 characters of the action's id.
    static func make(for name: PersonName, action: ActionID?) -> String {
        let initial = name.last == nil ? "" : String(name.first.prefix(1))
        let plain = (initial + (name.last ?? name.first))
            .folding(options: [.diacriticInsensitive], locale: nil).lowercased()
            .filter { $0.isASCII && $0.isLetter }
        let ending = action.map { String($0.rawValue.suffix(10)) } ?? RandomText.letters(10)
        return (plain.isEmpty ? "user" : plain.prefix(13)) + ending
    }
}
