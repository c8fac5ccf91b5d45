import Hummingbird
import HummingbirdCore
import HTTPTypes
import Models

/// What of a product people change by hand: which account delivers it, and its provision fields.
struct ProductEditing: Sendable {
    /// One more field than there are can be added at once.
    private static let newName = "new_name"
    private static let newValue = "new_value"

    let web: Web
    let upstream: Upstream

    var routes: [HTTPRoute] {
        let path = "/admin/products/{id}"
        return [
            .page(.get, path + "/configuration", "adminProductConfiguration", access: .staff(.view)) { call in
                try await configuration(call, FormPage(), chosen: nil)
            },
            .page(.post, path + "/configuration", "adminSaveProductConfiguration", access: .staff(.configure))
            {
                try await saveConfiguration($0)
            },
            .page(.get, path + "/fields", "adminProductFields", access: .staff(.view)) { call in
                try await fields(call, FormPage())
            },
            .page(.post, path + "/fields", "adminSaveProductFields", access: .staff(.configure)) {
                try await saveFields($0)
            },
        ]
    }

    // MARK: Configuration

    private func configuration(
        _ call: Call, _ page: FormPage, chosen: [String: JSONValue]?
    ) async throws -> Response {
        let id: ContractProductID = try call.id()
        let product = try await web.api.ask("showContractProduct", call, path: ["id": id.rawValue])
        let frame = try await ProductFrame(product, tab: .configuration, web: web, call: call)
        let accounts = try await web.api.ask(
            "listConfigurations", call, query: ["category": .string(frame.category), "limit": 200])
        let form = FormModel(
            values: chosen ?? product.objectValue ?? [:], problems: page.problem?.errors ?? [])
        let options: [(value: String, title: String)] = (accounts["items"]?.arrayValue ?? []).map { account in
            (
                account["id"]?.stringValue ?? "",
                "\(account["name"]?.stringValue ?? "") (\(account["provider"]?.stringValue ?? ""))"
            )
        }
        let inputs: JSONValue =
            [
                form.choice(
                    "configuration_id", "Configuration",
                    help:
                        "The account at the provider that delivers this product. What is queued moves with it.",
                    options, chosen: form.values["configuration_id"]?.stringValue)
            ] + form.inputs([Self.name, Self.package])
        var model = frame.model
        model.merge(page.messages(inputs)) { $1 }
        model["fields"] = inputs
        model["facts"] = .array(
            ShownValue.rows(frame.model["configuration"]?["settings"]?.objectValue ?? [:]))
        model["may_edit"] = .bool(web.api.permits("updateContractProduct", call))
        model["may_test"] = .bool(web.api.permits("testConfiguration", call))
        model["may_create"] = .bool(web.api.permits("createConfiguration", call))
        model["category"] = .string(frame.category)
        return try web.page(
            call, "admin-product-configuration", frame.heading, model,
            status: page.problem == nil ? .ok : .unprocessableContent)
    }

    private static let name = FieldDefinition(
        name: "name", type: .string, isRequired: true, rules: [.max(255)], help: "What the product is called")
    private static let package = FieldDefinition(
        name: "package", type: .string, rules: [.max(255)],
        help:
            "The package bought. Changing it here changes nothing at the provider: run Change package for that"
    )

    private func saveConfiguration(_ call: Call) async throws -> Response {
        let id: ContractProductID = try call.id()
        var values = FormValues(call.form, [Self.name, Self.package]).values
        values["configuration_id"] = call.form["configuration_id"].map(JSONValue.string)
        do {
            try await web.api.ask("updateContractProduct", call, path: ["id": id.rawValue], body: values)
            return .seeOther("/admin/products/\(id)/configuration?done=moved")
        } catch {
            return try await configuration(
                call, FormPage(problem: try Problem(ofForm: error)), chosen: values)
        }
    }

    // MARK: Provision fields

    private func fields(_ call: Call, _ page: FormPage) async throws -> Response {
        let id: ContractProductID = try call.id()
        async let found = web.api.ask("showContractProduct", call, path: ["id": id.rawValue])
        async let past = web.api.ask("showContractProductHistory", call, path: ["id": id.rawValue])
        let (product, history) = try await (found, past)
        let frame = try await ProductFrame(product, tab: .fields, web: web, call: call)
        let stored = product["provision_fields"]?.objectValue ?? [:]
        let changes = history["items"]?.arrayValue ?? []
        var model = frame.model
        model.merge(page.messages()) { $1 }
        model["inputs"] = .array(
            stored.sorted { $0.key < $1.key }.enumerated().map { index, field in
                let isSecret = Self.isSecret(field.value)
                return [
                    "name": .string(field.key), "id": .string("field-\(index)"), "is_secret": .bool(isSecret),
                    "value": .string(
                        isSecret
                            ? "" : call.form["fields/\(field.key)"] ?? ShownValue.plain(field.value)),
                    "is_long": .bool(field.value.isComposed),
                ]
            })
        model["has_inputs"] = .bool(!stored.isEmpty)
        model["may_edit"] = .bool(web.api.permits("updateContractProduct", call))
        model[Self.newName] = .string(call.form[Self.newName] ?? "")
        model[Self.newValue] = .string(call.form[Self.newValue] ?? "")
        model["has_history"] = .bool(!changes.isEmpty)
        model["history"] = .array(changes.map(Self.change))
        return try web.page(
            call, "admin-product-fields", frame.heading, model,
            status: page.problem == nil ? .ok : .unprocessableContent)
    }

    private static func change(_ change: JSONValue) -> JSONValue {
        let action = change["action_id"]?.stringValue
        return [
            "field": change["field"] ?? .null, "old": .string(ShownValue.text(change["old_value"])),
            "new": .string(ShownValue.text(change["new_value"])), "changed_at": change["changed_at"] ?? .null,
            "changed_by": change["changed_by"] ?? .null,
            "action_href": action.map { .string("/admin/actions/\($0)") } ?? .null,
        ]
    }

    private static func isSecret(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): text == Secret.mask
        case .object(let members): members.values.contains(where: isSecret)
        case .array(let elements): elements.contains(where: isSecret)
        default: false
        }
    }

    /// Sends what differs from what is stored; an emptied field is removed, a secret left empty stays.
    private func saveFields(_ call: Call) async throws -> Response {
        let id: ContractProductID = try call.id()
        do {
            let product = try await web.api.ask("showContractProduct", call, path: ["id": id.rawValue])
            var changed: [String: JSONValue] = [:]
            for (name, value) in product["provision_fields"]?.objectValue ?? [:] {
                guard let sent = call.form["fields/\(name)"] else { continue }
                if Self.isSecret(value), sent.isEmpty { continue }
                if sent != ShownValue.plain(value) { changed[name] = try Self.value(sent, like: value, name) }
            }
            if let name = call.form[Self.newName]?.trimmed, !name.isEmpty {
                changed[name] = .string(call.form[Self.newValue] ?? "")
            }
            if !changed.isEmpty {
                try await web.api.ask(
                    "updateContractProduct", call, path: ["id": id.rawValue],
                    body: ["provision_fields": .object(changed)])
            }
            return .seeOther("/admin/products/\(id)/fields?done=fields")
        } catch {
            return try await fields(call, FormPage(problem: try Problem(ofForm: error)))
        }
    }

    /// A text as a value of the kind that was there before.
    private static func value(_ text: String, like old: JSONValue, _ name: String) throws -> JSONValue {
        if text.isEmpty { return .null }
        switch old {
        case .string, .null: return .string(text)
        case .bool: return text == "true" ? true : text == "false" ? false : .string(text)
        case .integer, .number:
            return Int(text).map { .integer($0) } ?? Double(text).map { .number($0) } ?? .string(text)
        case .array, .object:
            do {
                return try JSONText.parse(text)
            } catch {
                throw Problem.invalid("/provision_fields/\(name)", "must be JSON, as it was before")
            }
        }
    }
}

extension JSONValue {
    /// Whether it is a list or an object.
    var isComposed: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}
