import Models

/// The forms of one's own account. Their inputs are named after the form and the field, as in `removal/password`, since one
/// page has them all.
enum AccountForm: String, Sendable {
    case password, beginning, confirmation, removal

    /// One input: the field of the interface's body, what it is called, and what browsers may fill it with.
    private typealias Input = (field: FieldDefinition, label: String, autocomplete: String)

    private var inputs: [Input] {
        switch self {
        case .password:
            [
                (Self.secret("current_password"), "Current password", "current-password"),
                (Self.secret("password", help: "12 to 128 characters"), "New password", "new-password"),
                (Self.secret("password_again"), "New password again", "new-password"),
            ]
        case .beginning: []
        case .confirmation:
            [(Self.code(help: "Six digits, as the app shows them now"), "Code", "one-time-code")]
        case .removal:
            [
                (Self.secret("password"), "Password", "current-password"),
                (
                    Self.code(help: "Six digits of the app, or one of your recovery codes"), "Code",
                    "one-time-code"
                ),
            ]
        }
    }

    private static func secret(_ name: String, help: String = "") -> FieldDefinition {
        FieldDefinition(name: name, type: .string, isRequired: true, isSecret: true, help: help)
    }

    /// Not a secret as passwords are: people read what they type.
    private static func code(help: String) -> FieldDefinition {
        FieldDefinition(name: "code", type: .string, isRequired: true, rules: [.max(40)], help: help)
    }

    /// What was sent for a field, as it was typed; null where that is nothing.
    func value(_ name: String, in form: SentForm) -> JSONValue {
        form["\(rawValue)/\(name)"].flatMap { $0.isEmpty ? nil : .string($0) } ?? .null
    }

    /// What the template draws: the inputs, and what was wrong. Nothing that was typed is shown again.
    func model(_ problem: Problem?) -> JSONValue {
        let errors = (problem?.errors ?? []).map { error in
            FieldProblem(pointer: "/\(rawValue)\(error.pointer)", detail: error.detail)
        }
        var problem = problem
        problem?.errors = errors
        let form = FormModel(problems: errors)
        let drawn = zip(inputs, form.inputs(inputs.map(\.field), at: rawValue).arrayValue ?? [])
        let fields = JSONValue.array(
            drawn.map { input, model in
                var members = model.objectValue ?? [:]
                members["label"] = .string(input.label)
                members["autocomplete"] = .string(input.autocomplete)
                return .object(members)
            })
        let page = FormPage(problem: problem)
        return .object(page.messages(fields).with("fields", fields))
    }
}

extension FormPage {
    /// Its messages as the model of a form without inputs.
    var object: JSONValue { .object(messages()) }
}
