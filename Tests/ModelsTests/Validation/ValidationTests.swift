import Models
import Testing

@Suite("Validation of objects")
struct ValidationTests {
    private func field(
        _ name: String, _ type: FieldDefinition.FieldType = .string, required: Bool = false,
        nullable: Bool = false,
        _ rules: Rule...
    ) -> FieldDefinition {
        FieldDefinition(name: name, type: type, isRequired: required, isNullable: nullable, rules: rules)
    }

    private func details(_ fields: [FieldDefinition], _ object: [String: JSONValue]) -> [String] {
        fields.problems(in: object).map { "\($0.pointer): \($0.detail)" }
    }

    static let samples: [(JSONValue, Set<FieldDefinition.FieldType>)] = [
        ("5", [.string, .any]), (5, [.integer, .number, .any]), (5.5, [.number, .any]),
        (true, [.boolean, .any]),
        (["a"], [.array, .any]), (["a": 1], [.object, .array, .any]), (.null, []),
        (.number(5), [.number, .any]),
        ("true", [.string, .any]), (1, [.integer, .number, .any]),
    ]

    @Test("Types are not coerced", arguments: FieldDefinition.FieldType.allCases)
    func types(type: FieldDefinition.FieldType) {
        for (value, accepting) in Self.samples {
            let count = [field("x", type)].problems(in: ["x": value]).count
            #expect(count == (accepting.contains(type) ? 0 : 1), "\(value) as \(type)")
        }
    }

    @Test("Absent, null, empty and filled values, by what the field asks for")
    func presence() {
        // Columns: absent, null, "", "a".
        let rows: [(FieldDefinition, [Int])] = [
            (field("x"), [0, 1, 0, 0]),
            (field("x", nullable: true), [0, 0, 0, 0]),
            (field("x", required: true), [1, 1, 1, 0]),
            (field("x", required: true, nullable: true), [1, 0, 1, 0]),
            (field("x", .string, .present), [1, 1, 0, 0]),
            (field("x", .string, nullable: true, .present), [1, 0, 0, 0]),
            (field("x", .string, required: true, .present), [1, 1, 0, 0]),
            (field("x", .string, .filled), [0, 1, 1, 0]),
            (field("x", .any, .filled), [0, 1, 1, 0]),
            (field("x", .any, required: true), [1, 1, 1, 0]),
            (field("x", .string, .present, .alphaNumeric), [1, 1, 0, 0]),
            (field("x", .string, .alphaNumeric), [0, 1, 1, 0]),
        ]
        for (field, expected) in rows {
            let inputs: [[String: JSONValue]] = [[:], ["x": .null], ["x": ""], ["x": "a"]]
            #expect(inputs.map { [field].problems(in: $0).count } == expected, "\(field)")
        }
    }

    @Test("A list without items is free: a list or a map; one with items is a list")
    func freeArrays() {
        var names = field("x", .array)
        names.items = [field("", required: true)]
        let rows: [(FieldDefinition, JSONValue, Int)] = [
            (field("x", .array), ["region": "eu"], 0), (field("x", .array), ["eu", 1], 0),
            (field("x", .array), [:], 0), (field("x", .array), "eu", 1),
            (field("x", .array, required: true), [:], 1), (field("x", .array, required: true), ["a": 1], 0),
            (names, ["a"], 0), (names, ["a": "b"], 1), (names, [""], 1), (names, [.null], 1),
        ]
        for (field, value, count) in rows {
            #expect([field].problems(in: ["x": value]).count == count, "\(value)")
        }
    }

    @Test("A required list or object is not empty; a free object may be")
    func requiredContainers() {
        var address = field("address", .object, required: true)
        address.fields = [field("city")]
        let object: [String: JSONValue] = ["list": [], "free": [:], "address": [:]]
        let fields = [field("list", .array, required: true), field("free", .object, required: true), address]
        #expect(details(fields, object) == ["/list: must not be empty", "/address: must not be empty"])
    }

    @Test("Rules about other fields")
    func conditions() {
        let rows: [(Rule, [String: JSONValue], Bool)] = [
            (.requiredIf(field: "type", values: ["ssh", "vnc"]), ["type": "ssh"], true),
            (.requiredIf(field: "type", values: ["ssh", "vnc"]), ["type": "vnc"], true),
            (.requiredIf(field: "type", values: ["ssh", "vnc"]), ["type": "redirect"], false),
            (.requiredIf(field: "type", values: ["ssh"]), [:], false),
            (.requiredIf(field: "flag", values: ["1"]), ["flag": true], true),
            (.requiredIf(field: "flag", values: ["1"]), ["flag": false], false),
            (.requiredIf(field: "flag", values: ["false"]), ["flag": false], true),
            (.requiredIf(field: "count", values: ["2"]), ["count": 2], true),
            (.requiredWithout(["a"]), [:], true), (.requiredWithout(["a"]), ["a": .null], true),
            (.requiredWithout(["a"]), ["a": " "], true), (.requiredWithout(["a"]), ["a": []], true),
            (.requiredWithout(["a"]), ["a": false], false), (.requiredWithout(["a"]), ["a": 0], false),
            (.requiredWithout(["a", "b"]), ["a": "1"], true),
            (.requiredWithout(["a", "b"]), ["a": "1", "b": "1"], false),
            (.requiredWithoutAll(["a", "b"]), [:], true),
            (.requiredWithoutAll(["a", "b"]), ["a": "1"], false),
        ]
        let others = ["type", "flag", "count", "a", "b"].map { field($0, .any, nullable: true) }
        for (rule, object, isRequired) in rows {
            #expect(
                [field("x", .string, rule)].problems(with: others, in: object).isEmpty != isRequired,
                "\(rule) \(object)")
            var filled = object
            filled["x"] = "here"
            #expect(
                [field("x", .string, rule)].problems(with: others, in: filled).isEmpty, "\(rule) \(object)")
            filled["x"] = .null
            let nullable = [field("x", .string, nullable: true, rule)]
            #expect(
                nullable.problems(with: others, in: filled).isEmpty != isRequired, "null, \(rule) \(object)")
        }
        #expect(
            details([field("x", .string, .requiredWithout(["a", "b"])), field("a"), field("b")], [:])
                == ["/x: is required where a or b is not given"])
    }

    @Test("A member that no field describes is refused, with what was probably meant")
    func unknownMembers() {
        let fields = [field("customer_id"), field("package_name"), field("domain")]
        #expect(
            details(fields, ["packageName": 1, "domian": 1, "zzz": 1]) == [
                "/domian: is not known; did you mean domain? known are customer_id, package_name, domain",
                "/packageName: is not known; did you mean package_name? known are customer_id, package_name, domain",
                "/zzz: is not known; known are customer_id, package_name, domain",
            ])
        #expect(details([], ["a": 1]) == ["/a: is not known; nothing is known here"])
    }

    @Test("Pointers escape and go into objects and lists")
    func pointers() {
        var list = field("a/b", .array)
        var item = field("", .object)
        item.fields = [field("c~d", .integer)]
        list.items = [item]
        let object: [String: JSONValue] = ["a/b": [["c~d": 1], ["c~d": "1"], .null, ["~/": 1]]]
        #expect(
            [list].problems(in: object, at: "/parameters").map(\.pointer) == [
                "/parameters/a~1b/1/c~0d", "/parameters/a~1b/2", "/parameters/a~1b/3/~0~1",
            ])
    }

    @Test("Identifiers and times of named types are looked at")
    func references() {
        let fields = [
            FieldDefinition(name: "id", type: .string, reference: "ClientID"),
            FieldDefinition(name: "at", type: .string, reference: "Timestamp"),
        ]
        #expect(
            details(fields, ["id": .string(ClientID.make().rawValue), "at": "2026-02-03T10:11:12Z"]).isEmpty)
        #expect(
            details(fields, ["id": .string(ActionID.make().rawValue), "at": "now"]) == [
                "/id: give an identifier: clt_ and 26 characters",
                "/at: give a time such as 2026-02-03T10:11:12.345Z",
            ])
    }

    @Test("Defaults are put where nothing is, at every depth")
    func defaults() {
        let inner = [FieldDefinition(name: "port", type: .integer, defaultValue: 443)]
        let fields = [
            FieldDefinition(name: "kind", type: .string, isNullable: true, defaultValue: "vps"),
            FieldDefinition(name: "host", type: .object, fields: inner),
            FieldDefinition(
                name: "hosts", type: .array, items: [FieldDefinition(name: "", type: .object, fields: inner)]),
        ]
        #expect(fields.applyingDefaults(to: [:]) == ["kind": "vps"])
        #expect(
            fields.applyingDefaults(to: [
                "kind": .null, "host": [:], "hosts": [["port": 1], [:]], "other": 1,
            ])
                == ["kind": .null, "host": ["port": 443], "hosts": [["port": 1], ["port": 443]], "other": 1])
    }
}

@Suite("Validation of hostile input")
struct HostileInputTests {
    private let free = [FieldDefinition(name: "x", type: .any)]

    @Test("Control characters are refused but for tab and line breaks")
    func controlCharacters() {
        for code in UInt8(0)..<32 {
            let count = free.problems(in: ["x": .string("a\(Unicode.Scalar(code))b")]).count
            #expect(count == ([9, 10, 13].contains(code) ? 0 : 1), "\(code)")
        }
        #expect(free.problems(in: ["x": ["y\u{0}": 1]]).count == 1)
        #expect(free.problems(in: ["\u{0}": 1]).count == 1)
    }

    @Test("Lengths at and above the limits")
    func lengths() {
        let limit = ValidationLimit.stringLength
        #expect(free.problems(in: ["x": .string(String(repeating: "ä", count: limit))]).isEmpty)
        #expect(free.problems(in: ["x": .string(String(repeating: "ä", count: limit + 1))]).count == 1)
        func members(_ count: Int) -> [String: JSONValue] {
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("m\($0)", 1) })
        }
        #expect(free.problems(in: ["x": .object(members(ValidationLimit.members))]).isEmpty)
        #expect(free.problems(in: ["x": .object(members(ValidationLimit.members + 1))]).count == 1)
        #expect(free.problems(in: members(ValidationLimit.members + 1)).count == 1)
        #expect(free.problems(in: members(ValidationLimit.members)).count == ValidationLimit.problems)
        #expect(
            free.problems(in: ["x": .array(Array(repeating: 1, count: ValidationLimit.members + 1))]).count
                == 1)
        let name = String(repeating: "n", count: ValidationLimit.nameLength + 1)
        let problem = free.problems(in: [name: 1])
        #expect(problem.count == 1 && problem.first?.pointer == "")
    }

    @Test("Nesting at and above the limit, and far above it")
    func nesting() {
        func nested(_ depth: Int) -> [String: JSONValue] {
            // The outermost object counts.
            [
                "x": (1..<depth).reduce(JSONValue.integer(1)) { value, level in
                    level % 2 == 0 ? ["x": value] : [value]
                }
            ]
        }
        #expect(free.problems(in: nested(ValidationLimit.nesting)).isEmpty)
        #expect(free.problems(in: nested(ValidationLimit.nesting + 1)).count == 1)
        #expect(free.problems(in: nested(5_000)).count == 1)
    }
}

extension [FieldDefinition] {
    /// The problems in an object that has other fields too.
    fileprivate func problems(with others: [FieldDefinition], in object: [String: JSONValue])
        -> [FieldProblem]
    {
        (self + others).problems(in: object)
    }
}
