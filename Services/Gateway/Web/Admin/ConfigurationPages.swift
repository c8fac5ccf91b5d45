import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models

/// Accounts at providers: made, edited with secrets that are written only, tested, and with their health.
struct ConfigurationPages: Sendable {
    private static let path = "/admin/configurations"

    let web: Web
    let providers: ProviderDirectory

    var routes: [HTTPRoute] {
        [
            .page(
                .get, Self.path, "adminConfigurations", access: .staff(.view),
                query: [Query.category] + Query.page
            ) { try await list($0) },
            .page(
                .get, Self.path + "/new", "adminNewConfiguration", access: .staff(.configure),
                query: [Query.category, Query.provider]
            ) { call in
                try await edit(
                    call, FormPage(), category: call.query["category"]?.stringValue,
                    provider: call.query["provider"]?.stringValue, sent: nil)
            },
            .page(.post, Self.path + "/new", "adminCreateConfiguration", access: .staff(.configure)) {
                try await create($0)
            },
            .page(.get, Self.path + "/{id}", "adminConfiguration", access: .staff(.view)) { call in
                try await show(call, FormPage(), sent: nil, test: nil)
            },
            .page(.post, Self.path + "/{id}", "adminSaveConfiguration", access: .staff(.configure)) {
                try await save($0)
            },
            .page(.post, Self.path + "/{id}/test", "adminTestConfiguration", access: .staff(.configure)) {
                try await test($0)
            },
        ]
    }

    // MARK: List

    private func list(_ call: Call) async throws -> Response {
        let query = call.query.without("done")
        let found = try await web.api.ask("listConfigurations", call, query: query)
        let items = found["items"]?.arrayValue ?? []
        let chosen = call.query["category"]?.stringValue
        var model: [String: JSONValue] = [
            "configurations": .array(items.map(Self.row)), "has_configurations": .bool(!items.isEmpty),
            "fields": [
                FormModel().choice(
                    "category", "Category", isRequired: false, empty: "All",
                    Blueprints.all.map { ($0.category, $0.title) }, chosen: chosen)
            ],
            "may_create": .bool(web.api.permits("createConfiguration", call)),
        ]
        model.merge(Paging.model(Self.path, query, next: found["next_cursor"])) { $1 }
        return try web.page(
            call, "admin-configurations", Heading(title: "Configurations", area: .admin, section: Self.path),
            model)
    }

    private static func row(_ configuration: JSONValue) -> JSONValue {
        let circuit = Words.circuit(configuration["circuit"]?.stringValue)
        return [
            "name": configuration["name"] ?? .null, "provider": configuration["provider"] ?? .null,
            "category_title": .string(Words.category(configuration["category"]?.stringValue ?? "")),
            "href": .string("\(path)/\(configuration["id"]?.stringValue ?? "")"),
            "tone": .string(circuit.tone), "circuit_title": .string(circuit.title),
            "reason": configuration["circuit_reason"] ?? .null,
            "updated_at": configuration["updated_at"] ?? .null,
        ]
    }

    // MARK: Making one

    private func edit(
        _ call: Call, _ page: FormPage, category: String?, provider: String?, sent: Read?
    ) async throws -> Response {
        let all = try await providers.all(trace: call.trace).map(\.descriptor)
        let offered = all.filter { category == nil || $0.category == category }
        let heading = Heading(
            title: "New configuration", area: .admin, section: Self.path,
            crumbs: [("Configurations", Self.path)])
        guard let descriptor = offered.first(where: { $0.provider == provider && $0.category == category })
        else {
            return try web.page(
                call, "admin-choose-provider", heading,
                [
                    "category_title": category.map { .string(Words.category($0)) } ?? .null,
                    "has_providers": .bool(!offered.isEmpty),
                    "providers": .array(
                        offered.map { descriptor in
                            [
                                "title": .string(descriptor.title), "help": .string(descriptor.help),
                                "category_title": .string(Words.category(descriptor.category)),
                                "href": .string(
                                    Address.path(
                                        Self.path + "/new",
                                        [
                                            "category": .string(descriptor.category),
                                            "provider": .string(descriptor.provider),
                                        ])),
                            ]
                        }),
                ])
        }
        var model = inputs(descriptor, sent?.values ?? [:], page, lists: sent?.lists, secretHint: nil)
        model.merge([
            "action": .string(Self.path + "/new"), "list_action": .string(Self.path + "/new"),
            "button": "Make the configuration",
            "cancel": .string(Self.path), "category": .string(descriptor.category),
            "provider": .string(descriptor.provider), "provider_title": .string(descriptor.title),
            "vendor_page": ShownValue.link(descriptor.vendorPage), "lead": .string(descriptor.help),
        ]) { $1 }
        return try web.page(
            call, "admin-new-configuration", heading, model,
            status: page.problem == nil ? .ok : .unprocessableContent)
    }

    private static let own: [FieldDefinition] = [FieldDefinition].of(request: CreateConfiguration.messageType)
        .filter { ["name", "max_concurrent"].contains($0.name) }

    /// The inputs of name, limit and settings.
    private func inputs(
        _ descriptor: ProviderDescriptor, _ values: [String: JSONValue], _ page: FormPage,
        lists: [String: FormList.Draft]?, secretHint: String?
    ) -> [String: JSONValue] {
        let problems = page.problem?.errors ?? []
        let own = FormModel(values: values, problems: problems).inputs(Self.own)
        let settings = FormModel(
            values: (values["settings"]?.objectValue ?? [:]).filter { $0.value.stringValue != Secret.mask },
            problems: problems, secretHint: secretHint, lists: lists ?? [:]
        ).inputs(descriptor.configuration, at: "settings")
        var model = page.messages(own, settings)
        model["fields"] = own + settings
        model["has_lists"] = .bool(descriptor.configuration.contains(where: \.hasLists))
        return model
    }

    private func create(_ call: Call) async throws -> Response {
        let (category, provider) = (call.form["category"], call.form["provider"])
        var sent = Read()
        do {
            let descriptor = try await providers.descriptor(
                category: category ?? "", provider: provider ?? "", trace: call.trace)
            sent = Read(call.form, Self.own, descriptor.configuration)
            if sent.isEdited {
                return try await edit(
                    call, FormPage(hadSecrets: sent.hasSecrets), category: category, provider: provider,
                    sent: sent)
            }
            if !sent.problems.isEmpty { throw Problem.invalid(sent.problems) }
            var values = sent.values
            // An account without any setting of its own has those that it would have anyway.
            if values["settings"] == .object([:]) {
                values["settings"] = .object(descriptor.configuration.applyingDefaults(to: [:]))
            }
            let made = try await web.api.ask(
                "createConfiguration", call,
                body: values.merging([
                    "category": .string(descriptor.category), "provider": .string(descriptor.provider),
                ]) { $1 })
            return .seeOther("\(Self.path)/\(made["id"]?.stringValue ?? "")?done=configuration")
        } catch {
            let page = FormPage(problem: try Problem(ofForm: error), hadSecrets: sent.hasSecrets)
            return try await edit(call, page, category: category, provider: provider, sent: sent)
        }
    }

    /// What a form of a configuration brought.
    private struct Read {
        var values: [String: JSONValue] = [:]
        var problems: [FieldProblem] = []
        var lists: [String: FormList.Draft] = [:]
        var hasSecrets = false
        /// Whether it was sent only to add or take away an item of a list.
        var isEdited = false

        init() {}

        init(_ form: SentForm, _ own: [FieldDefinition], _ configuration: [FieldDefinition]) {
            let edit = FormListEdit(form)
            let own = FormValues(form, own)
            let settings = FormValues(form, configuration, at: "settings", edit: edit)
            values = own.values.with("settings", .object(settings.values))
            problems = own.problems + settings.problems
            lists = settings.lists
            hasSecrets = settings.hasSecrets
            isEdited = edit != nil
        }
    }

    // MARK: One

    private func show(
        _ call: Call, _ page: FormPage, sent: Read?, test: JSONValue?
    ) async throws -> Response {
        let id: ConfigurationID = try call.id()
        async let found = web.api.ask("showConfiguration", call, path: ["id": id.rawValue])
        async let delivered = web.api.ask(
            "listContractProducts", call, query: ["configuration_id": .string(id.rawValue), "limit": 10])
        let (configuration, products) = try await (found, delivered)
        let descriptor = try await descriptor(of: configuration, call)
        let items = products["items"]?.arrayValue ?? []
        let circuit = Words.circuit(configuration["circuit"]?.stringValue)
        var values = configuration.objectValue ?? [:]
        values.merge(sent?.values ?? [:]) { $1 }
        var model = inputs(
            descriptor, values, page, lists: sent?.lists,
            secretHint: "Stored, and not shown. Leave empty to keep it")
        model.merge([
            "configuration": configuration, "action": .string("\(Self.path)/\(id)"), "button": "Save",
            "list_action": .string("\(Self.path)/\(id)"),
            "cancel": .null, "provider_title": .string(descriptor.title),
            "vendor_page": ShownValue.link(descriptor.vendorPage), "circuit_title": .string(circuit.title),
            "circuit_tone": .string(circuit.tone),
            "category_title": .string(Words.category(descriptor.category)),
            "may_edit": .bool(web.api.permits("updateConfiguration", call)),
            "may_test": .bool(web.api.permits("testConfiguration", call)),
            "is_tested": .bool(test != nil), "test_tone": test?["ok"] == true ? "good" : "bad",
            "test_title": test?["ok"] == true ? "It works" : "It does not work",
            "test_message": test?["message"] ?? .null,
            "settings": .array(ShownValue.rows(configuration["settings"]?.objectValue ?? [:])),
            "products": .array(items.map { Rows.product($0, in: .admin) }), "with_client": false,
            "has_products": .bool(!items.isEmpty),
            "all_products": .string("/admin/products?configuration_id=\(id)"),
            "all_actions": .string("/admin/actions?configuration_id=\(id)"),
        ]) { $1 }
        let heading = Heading(
            title: configuration["name"]?.stringValue ?? id.rawValue, area: .admin, section: Self.path,
            crumbs: [("Configurations", Self.path)])
        return try web.page(
            call, "admin-configuration", heading, model,
            status: page.problem == nil ? .ok : .unprocessableContent)
    }

    /// The provider's contract; one without fields where its adapter was never there.
    private func descriptor(of configuration: JSONValue, _ call: Call) async throws -> ProviderDescriptor {
        let category = configuration["category"]?.stringValue ?? ""
        let provider = configuration["provider"]?.stringValue ?? ""
        let known = try await providers.all(trace: call.trace).map(\.descriptor)
        return known.first { $0.category == category && $0.provider == provider }
            ?? ProviderDescriptor(
                provider: provider, category: category, title: provider, vendorPage: "", help: "",
                concurrency: 1, configuration: [], functions: [])
    }

    private func save(_ call: Call) async throws -> Response {
        let id: ConfigurationID = try call.id()
        let known = try await web.api.ask("showConfiguration", call, path: ["id": id.rawValue])
        let descriptor = try await descriptor(of: known, call)
        let sent = Read(call.form, Self.own, descriptor.configuration)
        if sent.isEdited {
            return try await show(call, FormPage(hadSecrets: sent.hasSecrets), sent: sent, test: nil)
        }
        var values = sent.values
        do {
            if !sent.problems.isEmpty { throw Problem.invalid(sent.problems) }
            // An emptied setting is removed; a secret left empty stays as it is.
            var settings = values["settings"]?.objectValue ?? [:]
            for field in descriptor.configuration where settings[field.name] == nil && !field.hasSecrets {
                // A list that the form did not show was not emptied by it.
                if field.listItem != nil, call.form["settings/\(field.name)"] == nil { continue }
                if known["settings"]?[field.name] != nil { settings[field.name] = .null }
            }
            values["settings"] = .object(settings)
            if values["max_concurrent"] == nil { values["max_concurrent"] = 0 }
            try await web.api.ask("updateConfiguration", call, path: ["id": id.rawValue], body: values)
            return .seeOther("\(Self.path)/\(id)?done=configuration")
        } catch {
            let page = FormPage(problem: try Problem(ofForm: error), hadSecrets: sent.hasSecrets)
            return try await show(call, page, sent: sent, test: nil)
        }
    }

    private func test(_ call: Call) async throws -> Response {
        let id: ConfigurationID = try call.id()
        do {
            let result = try await web.api.ask("testConfiguration", call, path: ["id": id.rawValue])
            return try await show(call, FormPage(), sent: nil, test: result)
        } catch {
            let problem = try Problem(ofForm: error)
            let result: JSONValue = ["ok": false, "message": .string(problem.detail)]
            return try await show(call, FormPage(), sent: nil, test: result)
        }
    }
}

extension Query {
    static let provider = text("provider", "Only of this provider")
}
