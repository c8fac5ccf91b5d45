import AdapterKit
import Models

/// What an ending wants to know besides, as names and values in the order of the names.
struct AdditionalFields: Sendable, Equatable {
    let fields: [HTTPRequest.Field]

    /// - Parameter value: an object of texts, numbers and truth values; other members are refused, as nothing that was
    ///   asked for is left out silently.
    /// - Throws: `invalidInput` where it is something else.
    init(_ value: JSONValue?) throws(ProviderError) {
        var fields: [HTTPRequest.Field] = []
        switch value {
        case nil, .null: break
        case .array(let elements) where elements.isEmpty: break
        case .object(let members):
            for (name, value) in members.sorted(by: { $0.key < $1.key }) where value != .null {
                guard let text = Self.text(value) else { throw Self.refusal(name) }
                fields.append(.init(name, text))
            }
        default: throw Self.refusal("additional_fields")
        }
        self.fields = fields
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .bool(let flag): flag ? "1" : "0"
        case .string(let text): text
        default: value.lenientText
        }
    }

    private static func refusal(_ name: String) -> ProviderError {
        ProviderError(
            .invalidInput, "The additional fields have to be names with one value each.",
            details: ["field": .string(name)])
    }
}
