package import Models

/// Readings for third parties that write numbers and truth values as text, or as each other.
extension JSONValue {
    /// A number, also where it is written as text: `12`, `"12"`, `"1.57"`. Nil for all else, as
    /// `"unlimited"`.
    package var lenientNumber: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .string(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }

    /// A text, also where it is written as a number. Nil for all else, and for an empty text.
    package var lenientText: String? {
        switch self {
        case .string(let text): text.isEmpty ? nil : text
        case .integer(let value): String(value)
        case .number(let value): String(value)
        default: nil
        }
    }

    /// A truth value, also where it is written as 0 or 1, or as text: `"1"`, `"0"`, `"true"`, `"false"`.
    package var lenientFlag: Bool? {
        switch self {
        case .bool(let value): value
        case .integer(1), .number(1), .string("1"), .string("true"): true
        case .integer(0), .number(0), .string("0"), .string("false"), .string(""): false
        default: nil
        }
    }
}
