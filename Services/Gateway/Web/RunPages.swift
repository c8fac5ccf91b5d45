import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import NIOCore

/// The form of a function on a product, in the admin area and in the client area.
struct RunPages: Sendable {
    /// What must be typed before what cannot be taken back runs.
    private static let confirmation = "confirm"
    /// Under which a form sent twice is known.
    private static let key = "key"
    /// How long an action's end is waited for before its page is shown, in seconds.
    private static let wait = 1

    let web: Web
    let area: Area
    let reach: Reach

    private var root: String { area.path }
    private var access: Access { area == .client ? .client(.run) : .staff(.run) }

    var routes: [HTTPRoute] {
        let path = "\(root)/products/{id}/run/{function}"
        return [
            .page(.get, path, "\(area.rawValue)RunForm", access: access) { call in
                try await show(call, FormPage(), sent: nil)
            },
            .page(.post, path, "\(area.rawValue)Run", access: access) { try await run($0) },
        ]
    }

    /// The product, the function, and what would be sent if nothing was given.
    private struct Subject {
        let product: JSONValue
        let function: FunctionDefinition
        let filled: [String: JSONValue]
        var name: String { product["name"]?.stringValue ?? "" }
        var isDangerous: Bool { function.effect == .irreversible }
        /// What the form asks for: an address that only the gateway knows is filled in.
        var fields: [FieldDefinition] { function.parameters.filter { $0.name != RunPages.visitorAddress } }
    }

    /// The parameter that is the address of whoever presses the button.
    private static let visitorAddress = "user_ip"

    private func subject(_ call: Call) async throws -> Subject {
        let id: ContractProductID = try call.id()
        let product = try await web.api.ask("showContractProduct", call, path: ["id": id.rawValue])
        let name = try call.part("function")
        guard let function = Blueprints.named(product["category"]?.stringValue ?? "")?.function(name),
            area == .admin || function.audience == .client
        else { throw Problem.notFound }
        let available = product["actions_available"]?.arrayValue ?? []
        guard let action = available.first(where: { $0["function"]?.stringValue == name }) else {
            throw Problem(
                .conflict,
                "\(function.title) is not possible on this product now. Its status may have changed.")
        }
        return Subject(
            product: product, function: function, filled: action["parameters"]?.objectValue ?? [:])
    }

    private func show(_ call: Call, _ page: FormPage, sent: FormValues?) async throws -> Response {
        let subject = try await subject(call)
        var form = FormModel(values: sent?.values ?? subject.filled.compactMapValues(\.unmasked))
        form.problems = page.problem?.errors ?? []
        form.lists = sent?.lists ?? [:]
        return try render(call, page, subject, form)
    }

    /// What the form asks for; of clients nothing that says which account is meant, which the product knows.
    private func asked(_ subject: Subject) -> [FieldDefinition] {
        guard area == .client else { return subject.fields }
        // Nor what only those can fill in who know the provider's names for it.
        return subject.fields.filter { field in
            subject.function.clientGives.contains(field.name) && !field.isFree
        }
    }

    private func render(
        _ call: Call, _ page: FormPage, _ subject: Subject, _ form: FormModel
    ) throws -> Response {
        let fields = asked(subject)
        let inputs = form.inputs(fields, at: "parameters")
        let id = subject.product["id"]?.stringValue ?? ""
        var model = page.messages(inputs)
        model.merge([
            "fields": inputs, "has_fields": .bool(!fields.isEmpty),
            "has_lists": .bool(fields.contains(where: \.hasLists)), "list_action": .string(call.shownPath),
            "function_help": .string(subject.function.help),
            "function_title": .string(subject.function.title),
            "is_dangerous": .bool(subject.isDangerous), "product_name": .string(subject.name),
            "is_staff": .bool(area != .client),
            "confirm_error": page.problem?.errors.first { $0.pointer == "/\(Self.confirmation)" }
                .map { JSONValue.string($0.detail) } ?? .null,
            "confirmation": .string(call.form[Self.confirmation] ?? ""),
            "form_action": .string(call.shownPath), "cancel": .string("\(root)/products/\(id)"),
            "key": .string(ULID.make()),
        ]) { $1 }
        let heading = Heading(
            title: subject.function.title, area: area,
            section: area == .client ? "/client" : "/admin/clients",
            crumbs: [(subject.name, "\(root)/products/\(id)")])
        return try web.page(
            call, "run", heading, model, status: page.problem == nil ? .ok : .unprocessableContent)
    }

    private func run(_ call: Call) async throws -> Response {
        let subject = try await subject(call)
        let edit = FormListEdit(call.form)
        let sent = FormValues(call.form, asked(subject), at: "parameters", edit: edit)
        if edit != nil { return try await show(call, FormPage(hadSecrets: sent.hasSecrets), sent: sent) }
        do {
            if subject.isDangerous, call.form[Self.confirmation]?.trimmed != subject.name.trimmed {
                throw Problem.invalid("/\(Self.confirmation)", "Type the product's name as it stands above.")
            }
            if !sent.problems.isEmpty { throw Problem.invalid(sent.problems) }
            // What was left as it stood is filled again when the action is handed over.
            var given = sent.values.filter { subject.filled[$0.key]?.unmasked != $0.value }
            if subject.function.parameters.contains(where: { $0.name == Self.visitorAddress }) {
                given[Self.visitorAddress] = .string(
                    reach.address(of: call.request, call.channel).description)
            }
            let action = try await web.api.ask(
                "submitAction", call, path: ["id": try call.part()], query: ["wait": .integer(Self.wait)],
                body: ["function": .string(subject.function.name), "parameters": .object(given)],
                key: call.form[Self.key].flatMap { $0.utf8.count == 26 ? $0 : nil })
            return .seeOther("\(root)/actions/\(action["id"]?.stringValue ?? "")")
        } catch {
            let problem = try Problem(ofForm: error)
            return try await show(
                call, FormPage(problem: problem, hadSecrets: sent.hasSecrets), sent: sent)
        }
    }
}

extension JSONValue {
    /// Without what stands for a secret, which a form does not show; nil where nothing else is there.
    fileprivate var unmasked: JSONValue? {
        switch self {
        case .string(Secret.mask): nil
        case .object(let members): .object(members.compactMapValues(\.unmasked))
        case .array(let elements): .array(elements.compactMap(\.unmasked))
        default: self
        }
    }
}
