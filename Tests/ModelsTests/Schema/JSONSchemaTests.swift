import Foundation
import Models
import Testing

@Suite("JSON Schema")
struct JSONSchemaTests {
    @Test("The schema of hosting's create")
    func hostingCreate() throws {
        let create = try #require(Hosting.blueprint.function("create"))
        let schema = create.parameters.jsonSchema
        #expect(schema["type"] == "object")
        #expect(schema["additionalProperties"] == false)
        #expect(schema["required"] == ["email", "package_name"])
        let properties = try #require(schema["properties"])
        #expect(properties.objectValue?.count == create.parameters.count)
        #expect(
            properties["email"] == [
                "type": "string", "format": "email", "minLength": 1,
                "description": "E-mail address of the account's owner",
            ])
        #expect(properties["password"]?["writeOnly"] == true)
        #expect(properties["password"]?["type"] == "string")
        #expect(properties["customer_id"]?["type"] == ["string", "null"])
        #expect(
            properties["as_reseller"] == [
                "type": "boolean", "description": "Whether it shall have reseller rights",
            ])
        #expect(properties["custom_ip"]?["anyOf"] == [["format": "ipv4"], ["format": "ipv6"]])
        #expect(properties["domain"]?["format"] == "hostname")
        let address = try #require(properties["customer_address"])
        #expect(address["type"] == ["object", "null"])
        #expect(address["additionalProperties"] == false)
        let countries = address["properties"]?["country_code"]?["enum"]?.arrayValue ?? []
        #expect(countries.contains("GB") && countries.contains(.null) && !countries.contains("ZZ"))
        #expect(address["required"] == nil)
    }

    @Test("The schema of a result: lists, patterns, times, and secrets that are shown")
    func hostingResults() throws {
        let info = try #require(Hosting.blueprint.function("getInfo")).result.resultJSONSchema
        #expect(info["properties"]?["nameservers"]?["items"]?["type"] == "string")
        let login = try #require(Hosting.blueprint.function("getLoginUrl")).result.resultJSONSchema[
            "properties"]
        #expect(login?["login_url"]?["writeOnly"] == nil)
        #expect(login?["login_url"]?["x-secret"] == true)
        #expect(login?["login_url"]?["format"] == "uri")
        #expect(
            login?["expires"]?["pattern"] == "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$")
        let usage = try #require(Hosting.blueprint.function("getUsage")).result.resultJSONSchema["properties"]
        #expect(
            usage?["usage_data"]?["properties"]?["disk_mb"]?["properties"]?["used_pc"]?["pattern"]
                == #"^\d+(\.\d+)?%$"#)
    }

    @Test("Every rule that a schema can say is said")
    func rules() throws {
        let rows: [(FieldDefinition.FieldType, String, String, JSONValue)] = [
            (.string, "min:3", "minLength", 3), (.string, "max:3", "maxLength", 3),
            (.string, "filled", "minLength", 1),
            (.integer, "min:3", "minimum", 3), (.number, "max:3", "maximum", 3),
            (.array, "size:2", "minItems", 2),
            (.array, "size:2", "maxItems", 2), (.string, "in:a,b", "enum", ["a", "b"]),
            (.integer, "in:1,2", "enum", [1, 2]),
            (.string, "starts_with:a.b", "pattern", "^a\\.b"),
            (.string, "date_format:Y-m-d", "format", "date"),
            (.string, "alpha_dash_dot", "pattern", "^[A-Za-z0-9_.-]+$"),
            (.string, #"regex:/^[a-z\d](-*[a-z\d])*$/i"#, "pattern", #"^[a-zA-Z\d](-*[a-zA-Z\d])*$"#),
            (.string, #"regex:/^[^\_]+$/"#, "pattern", "^[^_]+$"),
            (
                .string, #"regex:/^ssh [a-z0-9\.\-\_]+@x/i"#, "pattern",
                #"^[sS][sS][hH] [a-zA-Z0-9\.\-_]+@[xX]"#
            ),
        ]
        for (type, text, keyword, value) in rows {
            let rule = try #require(Rule(text))
            let schema = [FieldDefinition(name: "x", type: type, rules: [rule])].jsonSchema
            #expect(schema["properties"]?["x"]?[keyword] == value, "\(text)")
        }
        let both = [FieldDefinition(name: "x", type: .string, rules: [.alphaDash, .regex("/a/")])].jsonSchema
        #expect(both["properties"]?["x"]?["allOf"]?.arrayValue?.count == 2)
        let null = [FieldDefinition(name: "x", type: .string, isNullable: true, rules: [.in(["a"])])]
            .jsonSchema
        #expect(null["properties"]?["x"] == ["type": ["string", "null"], "enum": ["a", .null]])
        let number = [FieldDefinition(name: "x", type: .integer, isRequired: true, defaultValue: 0)]
            .jsonSchema
        #expect(number["properties"]?["x"] == ["type": "integer", "default": 0])
    }

    /// Texts that a rule takes, and texts that it does not, as its pattern sees them too.
    @Test(
        "A pattern takes what its rule takes",
        arguments: [
            (
                "international_phone", ["+441632960123", "+44.1632960123", "+12125550123", "+3545551234"],
                [
                    "+1.0000", "+0441632960123", "441632960123", "+44 1632960123", "+999123456789",
                    "+1212555012",
                ]
            ),
            (
                "domain_name", ["example.com", "a.b-c.d", "1.de"],
                ["example", "-a.com", "a-.com", "a..b", ".com", "a.com.", "a b.com", "é.com"]
            ),
            (
                "url",
                ["https://example.com", "HTTP://a:8080/b?c=d&e#f", "http://127.0.0.1/%41", "https://a/?b?c"],
                [
                    "https://", "ftp://a", "https://a b", "https://a/%4", "https://-a", "https://a:0",
                    "example.com",
                ]
            ),
        ] as [(String, [String], [String])])
    func patterns(rule: String, good: [String], bad: [String]) throws {
        let field = FieldDefinition(name: "x", type: .string, rules: [try #require(Rule(rule))])
        let pattern = try #require([field].jsonSchema["properties"]?["x"]?["pattern"]?.stringValue)
        let expression = try NSRegularExpression(pattern: pattern)
        for text in good + bad {
            let range = NSRange(location: 0, length: text.utf16.count)
            #expect((expression.firstMatch(in: text, range: range) != nil) == good.contains(text), "\(text)")
            #expect([field].problems(in: ["x": .string(text)]).isEmpty == good.contains(text), "\(text)")
        }
    }

    @Test("The schema of a request says what any text and any free object has to keep to")
    func requests() throws {
        let fields = [
            FieldDefinition(name: "needed", type: .string, isRequired: true),
            FieldDefinition(name: "free", type: .string, rules: [.max(9)]),
            FieldDefinition(name: "map", type: .object),
        ]
        let schema = try #require(fields.requestJSONSchema["properties"])
        let rows: [(String, String)] = [
            ("needed", "a"), ("needed", " a\t"), ("needed", " "), ("needed", "\n\r"), ("needed", "\u{1}a"),
            ("needed", "a\u{0}"), ("needed", "\u{1F}"), ("free", ""), ("free", " "), ("free", "\u{B}"),
            ("free", "é\n"),
        ]
        for (name, text) in rows {
            let pattern = try #require(schema[name]?["pattern"]?.stringValue)
            // A dollar of ECMA-262 is the very end; Foundation's lets a line break stand behind it.
            let expression = try NSRegularExpression(pattern: String(pattern.dropLast()) + "\\z")
            let isMatch =
                expression.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
            var values: [String: JSONValue] = ["needed": "a", "free": "b"]
            values[name] = .string(text)
            let problems = fields.problems(in: values)
            #expect(isMatch == problems.isEmpty, "\(name) \(text.debugDescription)")
        }
        #expect(schema["needed"]?["maxLength"] == .integer(ValidationLimit.stringLength))
        #expect(schema["free"]?["maxLength"] == 9)
        #expect(schema["map"]?["additionalProperties"] == ["$ref": "#/components/schemas/FreeValue"])
        #expect(fields.jsonSchema["properties"]?["map"] == ["type": "object"])
    }

    @Test("Rules about other fields become conditions")
    func conditions() {
        let fields = [
            FieldDefinition(name: "flag", type: .boolean), FieldDefinition(name: "a", type: .string),
            FieldDefinition(name: "b", type: .string, rules: [.requiredIf(field: "flag", values: ["1"])]),
            FieldDefinition(name: "c", type: .string, rules: [.requiredWithout(["a"])]),
            FieldDefinition(name: "d", type: .string, rules: [.requiredWithoutAll(["a", "c"])]),
            FieldDefinition(name: "e", type: .string, rules: [.present]),
        ]
        #expect(
            fields.jsonSchema["allOf"] == [
                [
                    "if": ["properties": ["flag": ["enum": [true]]], "required": ["flag"]],
                    "then": ["required": ["b"]],
                ],
                ["anyOf": [["required": ["c"]], ["required": ["a"]]]],
                ["anyOf": [["required": ["d"]], ["required": ["a"]], ["required": ["c"]]]],
            ])
        #expect(fields.jsonSchema["required"] == ["e"])
    }
}

@Suite("Component schemas and AsyncAPI")
struct ComponentTests {
    private static let catalogues = [
        EntitiesContract.catalogue, MessagesContract.catalogue, RequestsContract.catalogue,
    ]

    /// Every `$ref` in a document.
    private func references(_ value: JSONValue) -> Set<String> {
        switch value {
        case .object(let members):
            members.reduce(into: []) { found, member in
                if member.key == "$ref", let target = member.value.stringValue { found.insert(target) }
                found.formUnion(references(member.value))
            }
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(references($1)) }
        default: []
        }
    }

    /// What a local reference points to.
    private func resolve(_ reference: String, in document: JSONValue) -> JSONValue? {
        reference.split(separator: "/").dropFirst().reduce(document) { value, name in value?[String(name)] }
    }

    @Test("Entities refer to each other, to enumerations and to identifiers")
    func entities() throws {
        let schemas = Self.catalogues.componentSchemas
        let action = try #require(schemas["Action"]?["properties"])
        #expect(action["id"]?["$ref"] == "#/components/schemas/ActionID")
        #expect(action["state"]?["$ref"] == "#/components/schemas/ActionState")
        #expect(action["attempts"]?["items"]?["$ref"] == "#/components/schemas/Attempt")
        #expect(schemas["Action"]?["additionalProperties"] == nil)
        #expect(schemas["ActionID"]?["pattern"] == "^act_[0-9a-hjkmnp-tv-z]{26}$")
        #expect(schemas["Timestamp"]?["format"] == "date-time")
        #expect(schemas["ActionState"]?["enum"]?.arrayValue?.count == ActionState.allCases.count)
        #expect(
            schemas["FieldChange"]?["properties"]?["action_id"]?["anyOf"] == [
                ["$ref": "#/components/schemas/ActionID"], ["type": "null"],
            ])
    }

    @Test("No reference of the component schemas leads nowhere")
    func closed() {
        let schemas = Self.catalogues.componentSchemas
        let document: JSONValue = ["components": ["schemas": .object(schemas)]]
        for reference in references(document) {
            #expect(resolve(reference, in: document) != nil, "\(reference)")
        }
        for message in Self.catalogues.flatMap(\.messages) { #expect(schemas[message.name] != nil) }
    }

    @Test("The AsyncAPI document has every message, and no reference leads nowhere")
    func asyncAPI() throws {
        let events = Self.catalogues.flatMap(\.messages).filter { $0.reply == nil }.map(\.type)
        let requests = Self.catalogues.flatMap(\.messages).filter { $0.reply != nil }.map(\.type)
        let document = Self.catalogues.asyncAPIDocument(
            version: "1.0.0",
            channels: [
                ChannelDescription(
                    name: "purser.events", exchange: "purser.events", kind: "topic", messageTypes: events),
                ChannelDescription(
                    name: "purser.requests", exchange: "purser.requests", kind: "direct",
                    messageTypes: requests),
            ])
        #expect(document["asyncapi"] == "3.0.0")
        for reference in references(document) {
            #expect(resolve(reference, in: document) != nil, "\(reference)")
        }
        let operation = try #require(document["operations"]?["SubmitAction"])
        #expect(operation["channel"] == ["$ref": "#/channels/purser.requests"])
        #expect(
            operation["reply"]?["messages"] == [["$ref": "#/channels/replies/messages/SubmittedActionReply"]])
        #expect(document["operations"]?["purser.events"]?["messages"]?.arrayValue?.count == events.count)
        let message = try #require(document["components"]?["messages"]?["ExecuteAction"])
        #expect(message["name"] == "action.execute.v1")
        #expect(
            message["payload"]?["allOf"]?.arrayValue?.last?["properties"]?["type"] == [
                "const": "action.execute.v1"
            ])
    }
}

@Suite("Forms")
struct FormTests {
    @Test("The form of hosting's create")
    func hostingCreate() throws {
        let form = try #require(Hosting.blueprint.function("create")).parameters.form
        func field(_ name: String) throws -> FormField { try #require(form.first { $0.name == name }) }
        #expect(try field("customer_id").label == "Customer ID")
        #expect(try field("custom_ip").label == "Custom IP")
        #expect(try field("package_name").label == "Package name")
        #expect(try field("email").input == .email)
        #expect(try field("email").isRequired)
        #expect(try field("password").input == .password)
        #expect(try field("as_reseller").input == .checkbox)
        guard case .fieldset(let members) = try field("customer_address").input else {
            Issue.record("the address is no fieldset")
            return
        }
        #expect(members.map(\.path).first == "customer_address/address_1")
    }

    @Test("Kinds of input")
    func kinds() {
        let rows: [(FieldDefinition, FormField.Input)] = [
            (FieldDefinition(name: "a", type: .string, rules: [.in(["x", "y"])]), .select(["x", "y"])),
            (FieldDefinition(name: "a", type: .string, rules: [.certificatePEM]), .textarea),
            (FieldDefinition(name: "a", type: .array), .textarea),
            (FieldDefinition(name: "a", type: .object), .textarea),
            (FieldDefinition(name: "a", type: .integer, rules: [.min(1), .max(5)]), .number),
            (FieldDefinition(name: "a", type: .any), .text),
            (FieldDefinition(name: "a", type: .string), .text),
        ]
        for (field, input) in rows { #expect([field].form.first?.input == input) }
        let bounded = [FieldDefinition(name: "a", type: .integer, rules: [.min(1), .max(5)])].form.first
        #expect(bounded?.minimum == 1 && bounded?.maximum == 5)
    }
}
