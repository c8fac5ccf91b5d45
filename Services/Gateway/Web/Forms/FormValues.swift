import Models

/// Reads what a form brought as the values of fields. An input's name is the JSON pointer of its value, without the slash
/// at its beginning, so a problem with a value finds its input.
struct FormValues: Sendable {
    /// The values as far as they could be read, and as they were typed where not; what was left empty is not there.
    private(set) var values: [String: JSONValue] = [:]
    /// What could not be read.
    private(set) var problems: [FieldProblem] = []
    /// What of lists the values do not tell, by the names of their inputs; for showing the form again.
    private(set) var lists: [String: FormList.Draft] = [:]
    /// Whether a secret was typed. None is shown again.
    private(set) var hasSecrets = false

    private let form: SentForm
    private let edit: FormListEdit?

    /// - Parameters:
    ///   - fields: what the form is for.
    ///   - place: where the values are in the request, as in `parameters`; empty for its top.
    ///   - edit: the button of a list that was pressed. Where one was, empty items stay, as the form is shown again;
    ///     otherwise they are left out.
    init(
        _ form: SentForm, _ fields: [FieldDefinition], at place: String = "", edit: FormListEdit? = nil
    ) {
        self.init(form, fields, at: place, from: place, edit: edit)
    }

    /// - Parameter source: what the inputs are called; other than `place` behind an item that was left out.
    private init(
        _ form: SentForm, _ fields: [FieldDefinition], at place: String, from source: String,
        edit: FormListEdit?
    ) {
        self.form = form
        self.edit = edit
        for field in fields {
            let value = read(field, at: Self.name(field, in: place), from: Self.name(field, in: source))
            if let value { values[field.name] = value }
        }
    }

    private static func name(_ field: FieldDefinition, in place: String) -> String {
        place.isEmpty ? field.name : "\(place)/\(field.name)"
    }

    private mutating func read(_ field: FieldDefinition, at name: String, from source: String) -> JSONValue? {
        if let members = field.fields {
            let inner = take(members, at: name, from: source)
            return inner.isEmpty ? nil : .object(inner)
        }
        if let item = field.listItem { return readList(of: item, at: name, from: source) }
        guard let sent = form[source] else { return nil }
        let text = field.isSecret || field.type == .any ? sent : sent.trimmed
        guard !text.isEmpty else { return nil }
        if field.isSecret { hasSecrets = true }
        switch field.type {
        case .string, .any: return .string(text)
        case .boolean: return text == "true" ? true : text == "false" ? false : .string(text)
        // What is no number goes on as it is, and is refused by the rules.
        case .integer: return Int(text).map { .integer($0) } ?? .string(text)
        case .number:
            return Int(text).map { .integer($0) } ?? Self.number(text).map { .number($0) } ?? .string(text)
        case .array where field.isListOfTexts:
            return .array(text.split(separator: "\n").map { .string(String($0).trimmed) }.filter { $0 != "" })
        case .array, .object:
            do {
                return try JSONText.parse(text)
            } catch {
                problems.append(FieldProblem(pointer: "/\(name)", detail: "must be JSON: \(error.message)"))
                return .string(text)
            }
        }
    }

    /// JSON has no number that is infinite or none.
    private static func number(_ text: String) -> Double? {
        Double(text).flatMap { $0.isFinite ? $0 : nil }
    }

    /// The values of the fields within a field or an item.
    private mutating func take(
        _ fields: [FieldDefinition], at place: String, from source: String
    ) -> [String: JSONValue] {
        let inner = FormValues(form, fields, at: place, from: source, edit: edit)
        problems += inner.problems
        lists.merge(inner.lists) { $1 }
        hasSecrets = hasSecrets || inner.hasSecrets
        return inner.values
    }

    // MARK: Lists

    private mutating func readList(
        of item: FormList.Item, at name: String, from source: String
    ) -> JSONValue? {
        var indexes = form.indexes(of: source)
        if indexes.count > FormList.limit {
            let detail = "may have \(FormList.limit) items at most here; more go over the interface alone"
            problems.append(FieldProblem(pointer: "/\(name)", detail: detail))
            indexes.removeLast()
        }
        let edited = edit?.list == source ? edit : nil
        indexes.removeAll { $0 == edited?.removed }
        let isAdding = edited != nil && edited?.removed == nil && indexes.count < FormList.limit
        var draft = FormList.Draft(wasFilled: form[source] == "filled")
        let value: JSONValue?
        switch item {
        case .object(let fields):
            var elements: [JSONValue] = []
            for index in indexes {
                let members = take(fields, at: "\(name)/\(elements.count)", from: "\(source)/\(index)")
                if edit != nil || !members.isEmpty { elements.append(.object(members)) }
            }
            if isAdding { elements.append([:]) }
            value = elements.isEmpty ? nil : .array(elements)
        case .free:
            draft.entries = indexes.map { FormEntry(form, at: "\(source)/\($0)") }
            if edit == nil { draft.entries.removeAll(where: \.isEmpty) }
            if isAdding { draft.entries.append(FormEntry()) }
            let read = FormEntry.value(of: draft.entries, at: "/\(name)")
            problems += read.problems
            value = draft.entries.isEmpty ? nil : read.value
        }
        lists[name] = draft
        // Emptied on purpose: that is something else than not given.
        return value ?? (draft.wasFilled ? .array([]) : nil)
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
