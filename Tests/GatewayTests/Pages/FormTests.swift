import HTTPTypes
import Models
import Synchronization
import Testing

@testable import Gateway

/// Forms made from definitions, and what becomes of what is sent.
@Suite struct FormTests {
    @Test func `a form is read by the definitions of its fields`() throws {
        let fields = [
            FieldDefinition(name: "name", type: .string), FieldDefinition(name: "count", type: .integer),
            FieldDefinition(name: "ratio", type: .number), FieldDefinition(name: "on", type: .boolean),
            FieldDefinition(name: "hosts", type: .array, items: [FieldDefinition(name: "", type: .string)]),
            FieldDefinition(name: "extra", type: .object),
            FieldDefinition(
                name: "address", type: .object, fields: [FieldDefinition(name: "city", type: .string)]),
            FieldDefinition(name: "empty", type: .string),
            FieldDefinition(name: "secret", type: .string, isSecret: true),
        ]
        let form = try SentForm(
            text:
                "p/name=+J%C3%BCrgen+&p/count=5&p/ratio=2.5&p/on=false&p/hosts=a%0D%0A%0D%0Ab&p/extra=%7B%22x%22%3A1%7D"
                + "&p/address/city=Ulm&p/empty=&p/secret=+two+")
        let read = FormValues(form, fields, at: "p")
        #expect(
            read.values == [
                "name": "Jürgen", "count": 5, "ratio": 2.5, "on": false, "hosts": ["a", "b"],
                "extra": ["x": 1], "address": ["city": "Ulm"], "secret": " two ",
            ])
        #expect(read.problems.isEmpty)
    }

    @Test func `what cannot be read is a problem at its input`() throws {
        let fields = [
            FieldDefinition(name: "extra", type: .object), FieldDefinition(name: "count", type: .integer),
        ]
        let read = FormValues(try SentForm(text: "p/extra=%7B&p/count=many"), fields, at: "p")
        #expect(read.problems.map(\.pointer) == ["/p/extra"])
        // Judged by the rules, which say what a whole number is; and shown again as it was typed.
        #expect(read.values == ["count": "many", "extra": "{"])
    }

    @Test("What is not well formed is refused", arguments: ["a=%zz", "%ff=1", "a=%00", "a=" + "%C3"])
    func malformed(text: String) {
        #expect(throws: Problem.self) { _ = try SentForm(text: text) }
    }

    @Test func `a form with too many fields is refused`() {
        let text = (0...SentForm.fieldLimit).map { "a\($0)=1" }.joined(separator: "&")
        #expect(throws: Problem.self) { _ = try SentForm(text: text) }
    }

    @Test func `inputs show values and messages, and never a secret`() throws {
        let fields = [
            FieldDefinition(name: "email", type: .string, isRequired: true, rules: [.email], help: "Whose"),
            FieldDefinition(name: "password", type: .string, isSecret: true),
        ]
        let model = FormModel(
            values: ["email": "nobody", "password": "hunter2"],
            problems: [FieldProblem(pointer: "/parameters/email", detail: "must be an e-mail address")])
        let inputs = try #require(model.inputs(fields, at: "parameters").arrayValue)
        #expect(inputs[0]["name"] == "parameters/email")
        #expect(inputs[0]["value"] == "nobody")
        #expect(inputs[0]["error"] == "Must be an e-mail address.")
        #expect(inputs[1]["type"] == "password")
        #expect(inputs[1]["value"] == .null)
    }

    // MARK: Running a function

    private static func scene(
        _ harness: GatewayHarness, _ function: String, _ parameters: [String: JSONValue]
    ) {
        harness.fake.state.withLock { state in
            var product = harness.product
            product.actionsAvailable = [
                AvailableAction(
                    function: function, title: function, effect: "", audience: "admin", parameters: parameters
                )
            ]
            state.products[product.id] = product
            // Pages wait a moment for the end, by a clock that stands still here.
            state.onSubmit = { fake, action in
                try await fake.change(action.id, to: .succeeded)
                return action
            }
        }
    }

    @Test func `only what was changed is given, and the rest filled when it runs`() async throws {
        try await GatewayHarness.run { harness in
            Self.scene(harness, "suspend", ["username": "jane", "domain": "example.com"])
            let path = "/admin/products/\(harness.product.id)/run/suspend"
            let page = try await harness.page(path)
            #expect(page.text.contains("value=\"example.com\""))
            let answer = try await harness.send(
                path,
                [
                    ("parameters/username", "jane"), ("parameters/domain", "example.com"),
                    ("parameters/reason", "unpaid"), ("key", "01hzy3v7q8r9s0t1v2w3x4y5z6"),
                ])
            #expect(answer.status == 303, "\(answer.text)")
            let sent = try #require(harness.fake.state.withLock { $0.submitted.first })
            #expect(sent.function == "suspend")
            #expect(sent.parameters == ["reason": "unpaid"])
            #expect(sent.idempotencyKey == "01hzy3v7q8r9s0t1v2w3x4y5z6")
            #expect(answer.headers[.location] == "/admin/actions/\(sent.id)")
        }
    }

    @Test func `what is wrong comes back at its input with what was typed`() async throws {
        try await GatewayHarness.run { harness in
            Self.scene(harness, "create", [:])
            let path = "/admin/products/\(harness.product.id)/run/create"
            let answer = try await harness.send(
                path, [("parameters/email", "nobody at all"), ("parameters/password", "hunter2-hunter2")])
            #expect(answer.status == 422)
            #expect(answer.text.contains("value=\"nobody at all\""))
            #expect(answer.text.contains("id=\"f-parameters-email-error\""))
            #expect(answer.text.contains("aria-invalid=\"true\""))
            #expect(!answer.text.contains("hunter2"))
            #expect(harness.fake.state.withLock { $0.submitted.isEmpty })
        }
    }

    @Test func `what cannot be taken back needs the product's name`() async throws {
        try await GatewayHarness.run { harness in
            Self.scene(harness, "terminate", ["username": "jane"])
            let path = "/admin/products/\(harness.product.id)/run/terminate"
            for confirmation in ["", "web site", "Web  site"] {
                let answer = try await harness.send(path, [("confirm", confirmation)])
                #expect(answer.status == 422)
                #expect(
                    answer.text.contains("Type the product&#39;s name")
                        || answer.text.contains("as it stands above"))
            }
            #expect(harness.fake.state.withLock { $0.submitted.isEmpty })
            let answer1 = try await harness.send(path, [("confirm", "Web site")])
            #expect(answer1.status == 303)
            #expect(harness.fake.state.withLock { $0.submitted.map(\.function) } == ["terminate"])
        }
    }

    @Test func `a client gives what is asked of it, and not which account is meant`() async throws {
        try await GatewayHarness.run { harness in
            Self.scene(harness, "changePassword", ["username": "jane"])
            let path = "/client/products/\(harness.product.id)/run/changePassword"
            let page = try await harness.page(path, .token(GatewayHarness.jane))
            #expect(page.status == 200)
            #expect(!page.text.contains("parameters/username"))
            let answer = try await harness.send(
                path, [("parameters/username", "john"), ("parameters/password", "a good password")],
                .token(GatewayHarness.jane))
            #expect(answer.status == 303, "\(answer.text)")
            let sent = try #require(harness.fake.state.withLock { $0.submitted.first })
            #expect(sent.parameters.keys.sorted() == ["password"])
            let staffOnly = "/client/products/\(harness.product.id)/run/suspend"
            let answer2 = try await harness.page(staffOnly, .token(GatewayHarness.jane))
            #expect(answer2.status == 404)
        }
    }

    @Test func `settings that are secret are written only`() async throws {
        try await GatewayHarness.run { harness in
            let id = ConfigurationID.make()
            harness.fake.state.withLock { state in
                state.configurations[id] = Configuration(
                    id: id, category: "hosting", provider: "demo", name: "WHM 3",
                    settings: ["hostname": "panel.example.com", "api_token": .string(Secret.mask)],
                    createdAt: .now, updatedAt: .now)
            }
            let page = try await harness.page("/admin/configurations/\(id)")
            #expect(page.text.contains("value=\"panel.example.com\""))
            #expect(page.text.contains("name=\"settings/api_token\" type=\"password\" value=\"\""))
            _ = try await harness.send(
                "/admin/configurations/\(id)",
                [("name", "WHM 3"), ("settings/hostname", "other.example.com"), ("settings/api_token", "")])
            let sent = try #require(harness.fake.state.withLock { $0.updatedConfigurations.first })
            #expect(sent.settings == ["hostname": "other.example.com"])
        }
    }
}
