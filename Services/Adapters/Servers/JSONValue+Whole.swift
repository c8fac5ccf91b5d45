import AdapterKit
import Models

extension JSONValue {
    /// A whole number, also where it is written as text; nil for all else, and for what no machine has.
    var wholeNumber: Int? {
        lenientNumber.flatMap { (0...1e12).contains($0) ? Int($0) : nil }
    }

    /// The number where this is one written in digits, the value itself otherwise: some third parties tell the
    /// two apart.
    static func id(_ text: String) -> JSONValue { Int(text).map { .integer($0) } ?? .string(text) }
}
