import Foundation

/// A prefixed identifier: `act_` and 26 characters that sort by the time they were made.
///
/// The 26 characters are a ULID (48 bits of milliseconds, 80 random bits) in lower-case Crockford base 32.
package protocol Identifier: RawRepresentable, Codable, JSONConvertible, Sendable, Hashable,
    CustomStringConvertible,
    Comparable
where RawValue == String {
    /// The prefix with its underscore, as in `act_`.
    static var prefix: String { get }
    /// Takes any text; whether it names something is known where it is looked up.
    init(rawValue: String)
}

extension Identifier {
    /// A new identifier.
    package static func make(at time: Timestamp = .now) -> Self {
        Self(rawValue: prefix + ULID.make(milliseconds: UInt64(max(0, time.milliseconds))))
    }

    /// Whether the text has this kind's prefix and form.
    package var isWellFormed: Bool {
        rawValue.hasPrefix(Self.prefix) && ULID.isWellFormed(rawValue.utf8.dropFirst(Self.prefix.utf8.count))
    }

    /// When it was made; nil where it is not well formed.
    package var madeAt: Timestamp? {
        guard rawValue.hasPrefix(Self.prefix) else { return nil }
        return ULID.milliseconds(of: rawValue.utf8.dropFirst(Self.prefix.utf8.count)).map {
            Timestamp(milliseconds: Int64($0))
        }
    }

    package var description: String { rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package init(json value: JSONValue) throws(JSONShapeError) {
        self.init(rawValue: try String(json: value))
    }

    package func write(to bytes: inout [UInt8]) { rawValue.write(to: &bytes) }

    package init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

package struct ActionID: Identifier {
    package static let prefix = "act_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

package struct ClientID: Identifier {
    package static let prefix = "clt_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

package struct ConfigurationID: Identifier {
    package static let prefix = "cfg_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

package struct ContractProductID: Identifier {
    package static let prefix = "prd_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

package struct TokenID: Identifier {
    package static let prefix = "tok_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

package struct UserID: Identifier {
    package static let prefix = "usr_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

package struct SessionID: Identifier {
    package static let prefix = "ses_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

package struct WebhookID: Identifier {
    package static let prefix = "whk_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

package struct WebhookDeliveryID: Identifier {
    package static let prefix = "whd_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}
