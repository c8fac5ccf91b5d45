import HTTPTypes
import Models
import Synchronization
import Testing

@testable import Gateway

/// Lists in forms: groups of inputs that are added and taken away without scripts.
@Suite struct FormListTests {
    /// A list of objects, one of which has a list of its own, and an object with a list.
    private static let fields = [
        FieldDefinition(
            name: "records", type: .array, isRequired: true, help: "What stands in the zone",
            items: [
                FieldDefinition(
                    name: "", type: .object,
                    fields: [
                        FieldDefinition(
                            name: "type", type: .string, isRequired: true, rules: [.in(["A", "MX"])]),
                        FieldDefinition(name: "ttl", type: .integer),
                        FieldDefinition(name: "secret", type: .string, isSecret: true),
                        FieldDefinition(
                            name: "targets", type: .array,
                            items: [
                                FieldDefinition(
                                    name: "", type: .object,
                                    fields: [FieldDefinition(name: "host", type: .string)])
                            ]),
                    ])
            ]),
        FieldDefinition(name: "extra", type: .array),
    ]

    private static func read(_ pairs: [(String, String)]) -> FormValues {
        let form = SentForm(pairs.map { (name: $0.0, value: $0.1) })
        return FormValues(form, fields, at: "p", edit: FormListEdit(form))
    }

    @Test func `a list is read as objects with values of their types, without what is empty`() {
        let read = Self.read([
            ("p/records", "empty"), ("p/records/0/type", "A"), ("p/records/0/ttl", "300"),
            ("p/records/1/type", ""), ("p/records/1/ttl", ""), ("p/records/1/targets", "empty"),
            ("p/records/2/type", "MX"), ("p/records/2/ttl", ""), ("p/records/2/targets/0/host", "mx1"),
            ("p/records/2/targets/1/host", ""), ("p/records/2/targets/7/host", "mx2"),
        ])
        #expect(read.problems.isEmpty)
        #expect(
            read.values == [
                "records": [
                    ["type": "A", "ttl": 300],
                    ["type": "MX", "targets": [["host": "mx1"], ["host": "mx2"]]],
                ]
            ])
    }

    @Test func `a list that was emptied is empty, and one that never had anything is not given`() {
        #expect(Self.read([("p/records", "filled")]).values == ["records": []])
        #expect(Self.read([("p/records", "empty")]).values.isEmpty)
        #expect(Self.read([("p/extra", "filled")]).values == ["extra": []])
    }

    @Test func `buttons add one and take one away, and what was typed stays`() throws {
        let typed = [
            ("p/records/0/type", "A"), ("p/records/0/ttl", "soon"), ("p/records/1/type", ""),
            ("p/records/2/type", "MX"), ("p/records/2/targets/0/host", "mx1"),
        ]
        let added = Self.read(typed + [("edit_list", "add p/records")])
        #expect(
            added.values["records"] == [
                ["type": "A", "ttl": "soon"], [:], ["type": "MX", "targets": [["host": "mx1"]]], [:],
            ])
        let removed = Self.read(typed + [("edit_list", "remove p/records/1")])
        #expect(
            removed.values["records"] == [
                ["type": "A", "ttl": "soon"], ["type": "MX", "targets": [["host": "mx1"]]],
            ])
        let within = Self.read(typed + [("edit_list", "add p/records/2/targets")])
        #expect(within.values["records"]?.arrayValue?.last?["targets"] == [["host": "mx1"], [:]])
        let emptied = Self.read([("p/records/0/type", "A"), ("edit_list", "remove p/records/0")])
        #expect(emptied.values.isEmpty)
    }

    @Test(
        "What no button of ours sends changes nothing",
        arguments: [
            "add p/others", "remove p/records/9", "remove p/records/x", "remove", "", "drop p/records",
        ])
    func foreignButtons(text: String) {
        let read = Self.read([("p/records/0/type", "A"), ("edit_list", text)])
        #expect(read.values == ["records": [["type": "A"]]])
    }

    @Test func `a list has a bound, and another item is not offered at it`() throws {
        let many = (0...FormList.limit).map { ("p/records/\($0)/type", "A") }
        let read = Self.read(many)
        #expect(read.problems.map(\.pointer) == ["/p/records"])
        let full = Self.read(many.dropLast() + [("edit_list", "add p/records")])
        #expect(full.values["records"]?.arrayValue?.count == FormList.limit)
        let shown = FormModel(values: full.values, lists: full.lists).inputs(Self.fields, at: "p")
        #expect(shown.arrayValue?.first?["add"] == .null)
    }

    @Test func `a stored list that is longer than a form shows stays as it is`() {
        let many = JSONValue.array((0...FormList.limit).map { .integer($0) })
        let shown = FormModel(values: ["extra": many]).inputs(Self.fields, at: "p")
        let sent = Self.pairs(shown).filter { $0.name.hasPrefix("p/extra") }
        #expect(sent.isEmpty)
        #expect(shown.arrayValue?.last?["help"]?.stringValue?.contains("stays as it is") == true)
        #expect(shown.arrayValue?.last?["add"] == .null)
        #expect(FormValues(SentForm(sent), Self.fields, at: "p").values["extra"] == nil)
    }

    @Test func `a free list is an object where its entries have names, and a list where none has`() {
        let object = Self.read([
            ("p/extra/0/name", "vat"), ("p/extra/0/kind", ""), ("p/extra/0/value", "007"),
            ("p/extra/1/name", "count"), ("p/extra/1/kind", "number"), ("p/extra/1/value", "7"),
            ("p/extra/2/name", ""), ("p/extra/2/kind", "boolean"), ("p/extra/2/value", ""),
            ("p/extra/3/name", "keys"), ("p/extra/3/kind", "json"), ("p/extra/3/value", "[{\"tag\":1}]"),
        ])
        #expect(object.problems.isEmpty)
        #expect(object.values == ["extra": ["vat": "007", "count": 7, "keys": [["tag": 1]]]])
        let list = Self.read([
            ("p/extra/0/value", "wordpress"), ("p/extra/1/value", "true"), ("p/extra/1/kind", "boolean"),
        ])
        #expect(list.values == ["extra": ["wordpress", true]])
    }

    @Test func `what of a free list cannot be read is told at its input`() {
        let read = Self.read([
            ("p/extra/0/name", "a"), ("p/extra/0/kind", "number"), ("p/extra/0/value", "inf"),
            ("p/extra/1/name", "a"), ("p/extra/1/value", "x"),
            ("p/extra/2/value", "{"), ("p/extra/2/kind", "json"),
        ])
        #expect(
            read.problems.map(\.pointer).sorted() == [
                "/p/extra/0/value", "/p/extra/2/name", "/p/extra/2/value",
            ])
        let twice = Self.read([
            ("p/extra/0/name", "a"), ("p/extra/0/value", "1"), ("p/extra/1/name", "a"),
            ("p/extra/1/value", "2"),
        ])
        #expect(twice.problems.map(\.pointer) == ["/p/extra/1/name"])
    }

    @Test func `what is shown is read back as it was`() throws {
        let stored: [String: JSONValue] = [
            "records": [["type": "A", "ttl": 300], ["type": "MX", "targets": [["host": "mx1"]]]],
            "extra": [
                "text": "x", "number": 1, "ratio": 2.5, "flag": false, "nothing": .null, "empty": "",
                "long": "a\nb", "spaced": " a", "list": [1, "two"], "object": ["a": ["b": 1]],
            ],
        ]
        let shown = FormModel(values: stored).inputs(Self.fields, at: "p")
        let read = FormValues(SentForm(Self.pairs(shown)), Self.fields, at: "p")
        #expect(read.problems.isEmpty)
        #expect(read.values == stored)
    }

    /// What a browser sends of a form as it stands.
    private static func pairs(_ inputs: JSONValue) -> [(name: String, value: String)] {
        (inputs.arrayValue ?? []).flatMap { input -> [(name: String, value: String)] in
            let name = input["name"]?.stringValue ?? ""
            if input["is_fieldset"] == true {
                let marker = input["is_list"] == true ? input["filled"]?.stringValue : nil
                return (marker.map { [(name: name, value: $0)] } ?? []) + pairs(input["fields"] ?? [])
            }
            let chosen = input["options"]?.arrayValue?.first { $0["selected"] == true }
            let value = input["is_select"] == true ? chosen?["value"] : input["value"]
            return [(name: name, value: value?.stringValue ?? "")]
        }
    }

    @Test func `secrets of items are not shown again, and that is told`() throws {
        let read = Self.read([
            ("p/records/0/type", "A"), ("p/records/0/secret", "hunter2"), ("edit_list", "add p/records"),
        ])
        #expect(read.hasSecrets)
        let shown = FormModel(values: read.values, lists: read.lists).inputs(Self.fields, at: "p")
        #expect(!ShownValue.json(shown).contains("hunter2"))
        let page = FormPage(hadSecrets: read.hasSecrets).messages(shown)
        #expect(page["type_again"] == true)
    }
}
