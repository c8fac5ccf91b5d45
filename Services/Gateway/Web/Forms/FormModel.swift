import Models

/// The inputs of a form, as the template `fields` draws them.
struct FormModel: Sendable {
    /// Shown values by field; secrets are never shown.
    var values: [String: JSONValue] = [:]
    /// What is wrong, by JSON pointer.
    var problems: [FieldProblem] = []
    /// What stands in an empty secret input, as where one is stored already.
    var secretHint: String?
    /// What of lists the values do not tell, by the names of their inputs; of a form that is shown again.
    var lists: [String: FormList.Draft] = [:]

    /// - Parameter place: where the values are in the request, as in `parameters`.
    func inputs(_ fields: [FieldDefinition], at place: String = "") -> JSONValue {
        .array(zip(fields, fields.form).map { input($0, $1, place, values[$0.name]) })
    }

    private func input(
        _ field: FieldDefinition, _ shown: FormField, _ place: String, _ value: JSONValue?
    ) -> JSONValue {
        let name = place.isEmpty ? field.name : "\(place)/\(field.name)"
        let problem = error(at: name)
        var model: [String: JSONValue] = [
            "name": .string(name), "id": .string("f-" + name.replacing("/", with: "-")),
            "label": .string(shown.label), "help": .string(shown.help), "required": .bool(field.isRequired),
            "error": problem.map(JSONValue.string) ?? .null, "value": .null, "mode": .null,
            "described": .bool(problem != nil || !shown.help.isEmpty), "options": [],
            "fields": [], "is_fieldset": false, "is_select": false, "is_area": false, "is_input": false,
            "is_list": false, "is_entry": false, "filled": .null, "add": .null, "remove": .null,
            "item_title": .null,
            "list_id": .null,
            "autocomplete": "off", "placeholder": .null, "type": .null, "min": .null, "max": .null,
            "step": .null, "length": .null,
        ]
        switch shown.input {
        case _ where field.listItem != nil:
            fill(&model, list: field, shown.label, name, value)
        case .fieldset:
            model["is_fieldset"] = true
            model["fields"] = within(value).inputs(field.fields ?? [], at: name)
        case .select(let choices):
            choose(&model, choices.map { ($0, $0) }, field, value?.stringValue)
        case .checkbox:
            choose(
                &model, [("true", "Yes"), ("false", "No")], field,
                value?.boolValue.map { $0 ? "true" : "false" })
        case .textarea:
            model["is_area"] = true
            model["value"] = .string(field.isSecret ? "" : Self.area(field, value))
            model["placeholder"] = field.isListOfTexts ? "One a line" : .null
        case .text, .email, .number, .password:
            model["is_input"] = true
            fill(&model, shown, field, value)
        }
        return .object(model)
    }

    private func choose(
        _ model: inout [String: JSONValue], _ choices: [(value: String, title: String)],
        _ field: FieldDefinition, _ chosen: String?
    ) {
        model["is_select"] = true
        let fallback = field.defaultValue.flatMap { Self.plain($0) }
        let empty = fallback.map { given in
            "Default: \(choices.first { $0.value == given }?.title ?? given)"
        }
        let first: JSONValue = [
            "value": "", "title": .string(empty ?? (field.isRequired ? "Choose …" : "Not given")),
            "selected": .bool(chosen == nil),
        ]
        model["options"] = .array(
            [first]
                + choices.filter { !$0.value.isEmpty }.map { choice in
                    [
                        "value": .string(choice.value), "title": .string(choice.title),
                        "selected": .bool(choice.value == chosen),
                    ]
                })
    }

    private func fill(
        _ model: inout [String: JSONValue], _ shown: FormField, _ field: FieldDefinition, _ value: JSONValue?
    ) {
        model["placeholder"] = field.defaultValue.flatMap { Self.plain($0) }.map { .string("Default: \($0)") }
        switch shown.input {
        case .password:
            model["type"] = "password"
            // Not one's own, which browsers would fill in.
            model["autocomplete"] = "new-password"
            model["placeholder"] = secretHint.map(JSONValue.string) ?? .null
            return
        case .number:
            // Not type=number: what is no number should come back with a message, not vanish in the browser.
            model["type"] = "text"
            model["mode"] = field.type == .integer ? "numeric" : "decimal"
        case .email:
            // For the same reason.
            model["type"] = "text"
            model["mode"] = "email"
            model["length"] = shown.maximum.map(JSONValue.integer) ?? .null
        default:
            model["type"] = "text"
            model["mode"] = field.rules.contains(.url) ? "url" : .null
            model["length"] = shown.maximum.map(JSONValue.integer) ?? .null
        }
        if let text = value.flatMap({ Self.plain($0) }) { model["value"] = .string(text) }
    }

    /// The same for what is within a value.
    func within(_ value: JSONValue?) -> FormModel {
        var inner = self
        inner.values = value?.objectValue ?? [:]
        return inner
    }

    func error(at name: String) -> String? {
        problems.first { $0.pointer == "/\(name)" }.map { problem in
            let detail = problem.detail
            return detail.prefix(1).uppercased() + detail.dropFirst() + (detail.hasSuffix(".") ? "" : ".")
        }
    }

    private static func area(_ field: FieldDefinition, _ value: JSONValue?) -> String {
        guard let value, value != .null else { return "" }
        if field.isListOfTexts, let elements = value.arrayValue {
            return elements.compactMap(\.stringValue).joined(separator: "\n")
        }
        if let text = value.stringValue { return text }
        return ShownValue.json(value)
    }

    /// A value as an input has it; nil for lists and objects.
    private static func plain(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .bool(let flag): String(flag)
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .null, .array, .object: nil
        }
    }
}
