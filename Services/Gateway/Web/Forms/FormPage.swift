import Models

/// A form that came back, or is shown for the first time.
struct FormPage: Sendable {
    /// What was wrong with it; nil at first.
    var problem: Problem?
    /// Whether secrets were typed, which it does not show again.
    var hadSecrets = false

    /// What templates need to tell what is wrong: `form_error`, and `form_errors` for what no input stands for; and whether
    /// secrets have to be typed again (`type_again`).
    ///
    /// - Parameter inputs: the inputs of the form, as `FormModel` made them.
    func messages(_ inputs: JSONValue...) -> [String: JSONValue] {
        let again = JSONValue.bool(hadSecrets)
        guard let problem else { return ["form_error": .null, "form_errors": [], "type_again": again] }
        let placed = Set(inputs.flatMap { Self.names($0) })
        let others = problem.errors.filter { !placed.contains(String($0.pointer.dropFirst())) }
        let isPlaced = !problem.errors.isEmpty && others.isEmpty
        return [
            "form_error": .string(isPlaced ? "Please look at the marked fields." : problem.detail),
            "form_errors": .array(problem.errors.count > 1 ? others.map { .string($0.sentence) } : []),
            "type_again": again,
        ]
    }

    private static func names(_ inputs: JSONValue) -> [String] {
        (inputs.arrayValue ?? []).flatMap { input in
            [input["name"]?.stringValue ?? ""] + names(input["fields"] ?? [])
        }
    }
}

extension Problem {
    /// What a form can tell of an error.
    ///
    /// - Throws: the error, where it is not about what was sent.
    init(ofForm error: any Error) throws {
        self.init(error)
        switch kind {
        case .invalidFields, .conflict, .tooMany, .unavailable, .keyReused, .forbidden: return
        default: throw error
        }
    }
}

extension FormModel {
    /// A list to choose from whose values have titles of their own.
    func choice(
        _ name: String, _ label: String, help: String = "", isRequired: Bool = true,
        empty: String = "Choose …",
        _ options: [(value: String, title: String)], chosen: String?
    ) -> JSONValue {
        let field = FieldDefinition(
            name: name, type: .string, isRequired: isRequired, rules: [.in(options.map(\.value))], help: help)
        let model = FormModel(values: [name: chosen.map(JSONValue.string) ?? .null], problems: problems)
        guard var members = model.inputs([field]).arrayValue?.first?.objectValue else { return .null }
        let first: JSONValue = ["value": "", "title": .string(empty), "selected": .bool(chosen == nil)]
        members["label"] = .string(label)
        members["options"] = .array(
            [first]
                + options.map {
                    [
                        "value": .string($0.value), "title": .string($0.title),
                        "selected": .bool($0.value == chosen),
                    ]
                })
        return .object(members)
    }
}

extension JSONValue {
    /// Two lists as one.
    static func + (left: JSONValue, right: JSONValue) -> JSONValue {
        .array((left.arrayValue ?? []) + (right.arrayValue ?? []))
    }
}
