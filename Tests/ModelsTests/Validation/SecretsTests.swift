import Models
import Testing

@Suite("Secrets")
struct SecretsTests {
    private let fields: [FieldDefinition] = {
        let login = [
            FieldDefinition(name: "user", type: .string),
            FieldDefinition(name: "password", type: .string, isSecret: true),
        ]
        return [
            FieldDefinition(name: "host", type: .string),
            FieldDefinition(name: "token", type: .string, isSecret: true),
            FieldDefinition(name: "software", type: .object, fields: login),
            FieldDefinition(
                name: "logins", type: .array, items: [FieldDefinition(name: "", type: .object, fields: login)]
            ),
            FieldDefinition(name: "form", type: .array, isSecret: true),
            FieldDefinition(name: "plain", type: .object),
        ]
    }()

    private let object: [String: JSONValue] = [
        "host": "h", "token": "t", "software": ["user": "u", "password": "p1"],
        "logins": [["user": "u", "password": "p2"], ["password": .null], .null], "form": ["a", 1],
        "plain": ["password": "no"],
        "unknown": "x",
    ]

    @Test("Every secret is visited once, by its path without list indexes")
    func paths() {
        var visited: [String: JSONValue] = [:]
        let result = fields.mapSecrets(in: object) { value, path in
            visited[path] = value
            return value
        }
        #expect(result == object)
        #expect(
            visited == ["token": "t", "software/password": "p1", "logins/password": "p2", "form": ["a", 1]])
    }

    @Test("Masked, only the secrets are dots")
    func masked() {
        let dots = JSONValue.string(Secret.mask)
        #expect(
            fields.masked(object) == [
                "host": "h", "token": dots, "software": ["user": "u", "password": dots],
                "logins": [["user": "u", "password": dots], ["password": .null], .null], "form": dots,
                "plain": ["password": "no"], "unknown": "x",
            ])
    }

    @Test("A value of another shape than its field's is taken as a secret as a whole")
    func otherShapes() {
        let dots = JSONValue.string(Secret.mask)
        #expect(fields.masked(["software": "p1"]) == ["software": dots])
        #expect(fields.masked(["software": ["p1"]]) == ["software": dots])
        #expect(fields.masked(["logins": ["password": "p"]]) == ["logins": dots])
        #expect(
            fields.masked(["logins": ["p", ["password": "q"]]]) == ["logins": [dots, ["password": dots]]])
    }

    @Test("What is sealed by path opens by the same path")
    func symmetry() {
        let sealed = fields.mapSecrets(in: object) { value, path in ["path": .string(path), "value": value] }
        let opened = fields.mapSecrets(in: sealed) { value, path in
            #expect(value["path"] == .string(path))
            return value["value"] ?? .null
        }
        #expect(opened == object)
    }

    @Test("An error of the transform is passed on")
    func errors() {
        struct Refused: Error {}
        #expect(throws: Refused.self) { try fields.mapSecrets(in: object) { _, _ in throw Refused() } }
    }
}
