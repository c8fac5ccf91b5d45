import AdapterKit
import Models

extension [FieldDefinition] {
    /// Recorded parameters as our contracts want them: the recorded implementation took numbers that were
    /// written as text, ours has none such.
    func readingNumbers(in members: [String: JSONValue]) -> [String: JSONValue] {
        var result = members
        for field in self {
            if let value = members[field.name] { result[field.name] = field.readingNumbers(in: value) }
        }
        return result
    }
}

extension FieldDefinition {
    fileprivate func readingNumbers(in value: JSONValue) -> JSONValue {
        switch (type, value) {
        case (.integer, .string(let text)): Int(text).map { .integer($0) } ?? value
        case (.number, .string): value.lenientNumber.map { .number($0) } ?? value
        case (.object, .object(let members)): .object(fields?.readingNumbers(in: members) ?? members)
        case (.array, .array(let elements)):
            .array(items?.first.map { item in elements.map { item.readingNumbers(in: $0) } } ?? elements)
        default: value
        }
    }
}
