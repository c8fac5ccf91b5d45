import Models

/// Reads what a form brought as the values of fields. An input's name is the JSON pointer of its value, without the slash
/// at its beginning, so a problem with a value finds its input.
struct FormValues: Sendable {
    /// The values as far as they could be read; what was left empty is not there.
    private(set) var values: [String: JSONValue] = [:]
    /// What could not be read.
    private(set) var problems: [FieldProblem] = []

    /// - Parameters:
    ///   - fields: what the form is for.
    ///   - place: where the values are in the request, as in `parameters`; empty for its top.
    init(_ form: SentForm, _ fields: [FieldDefinition], at place: String = "") {
        for field in fields {
            let name = place.isEmpty ? field.name : "\(place)/\(field.name)"
            if let value = read(form, field, name) { values[field.name] = value }
        }
    }

    private mutating func read(_ form: SentForm, _ field: FieldDefinition, _ name: String) -> JSONValue? {
        if let members = field.fields {
            let inner = FormValues(form, members, at: name)
            problems += inner.problems
            return inner.values.isEmpty ? nil : .object(inner.values)
        }
        guard let sent = form[name] else { return nil }
        let text = field.isSecret || field.type == .any ? sent : sent.trimmed
        guard !text.isEmpty else { return nil }
        switch field.type {
        case .string, .any: return .string(text)
        case .boolean: return text == "true" ? true : text == "false" ? false : .string(text)
        // What is no number goes on as it is, and is refused by the rules.
        case .integer: return Int(text).map { .integer($0) } ?? .string(text)
        case .number:
            return Int(text).map { .integer($0) } ?? Double(text).map { .number($0) } ?? .string(text)
        case .array where field.isListOfTexts:
            return .array(text.split(separator: "\n").map { .string(String($0).trimmed) }.filter { $0 != "" })
        case .array, .object:
            do {
                return try JSONText.parse(text)
            } catch {
                problems.append(FieldProblem(pointer: "/\(name)", detail: "must be JSON: \(error.message)"))
                return nil
            }
        }
    }
}

extension FieldDefinition {
    /// Whether it is a list of plain texts, which a form takes one a line.
    var isListOfTexts: Bool {
        type == .array && items?.first?.type == .string && items?.first?.isSecret == false
    }
}

extension String {
    /// Without white space at its ends.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
