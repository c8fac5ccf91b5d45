import Foundation
import Models
import TestSupport
import Testing

/// JSON that is meant to break a reader, or to be read otherwise by another one.
@Suite("Hostile JSON")
struct JSONFuzzTests {
    @Test("What is read means the same to Foundation's reader")
    func agrees() async throws {
        let bodies = try GoldenFile.all.map { Array(try Resource.data("Golden/\($0.path).json")) }
        var accepted = 0
        try await Fuzz.run("JSON, two readers", count: 1_500) { generator in
            let body = bodies.randomElement(using: &generator) ?? []
            let data = Data(Mutator.json.mutate(body, with: bodies, using: &generator))
            guard let ours = try? JSONText.parse(data) else { return }  // Refusing more is allowed.
            accepted += 1
            let theirs = try JSONDecoder().decode(JSONValue.self, from: data)
            guard ours == theirs else {
                throw FuzzFailure(description: "read otherwise: \(String(decoding: data, as: UTF8.self))")
            }
            guard try JSONText.parse(Data(ours.text)) == ours else {
                throw FuzzFailure(description: "written otherwise: \(String(decoding: data, as: UTF8.self))")
            }
        }
        #expect(accepted > 50)
    }

    @Test("Two members of one name are refused, however the name is written, and at any depth")
    func duplicates() {
        let texts = [
            #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"b":{"a":1,"a":1}}"#, #"[[{"":0,"":0}]]"#,
            #"{"é":1,"e\u0301":2}"#, #"{"a":1,"b":2,"a":null}"#,
        ]
        for text in texts {
            #expect(throws: JSONParsingError.self, "\(text)") { try JSONText.parse(text) }
        }
    }

    @Test("A megabyte of anything is read or refused at once")
    func large() throws {
        let count = 1 << 20
        func many(_ text: String) -> String { String(repeating: text, count: count / text.utf8.count) }
        let texts = [
            many("["), many("{\"a\":"), many("[1,"), "[" + many("1,") + "1]", many("9"), "0." + many("9"),
            "1e" + many("9"), "1e-" + many("9"), "-" + many("0"), "\"" + many("\\\"") + "\"",
            "\"" + many("\\u00e9") + "\"",
            "\"" + many("é") + "\"", "\"" + many("a"), many(" "), many("\n") + "1",
            "{" + many("\"\":1,") + "}",
            "[" + many("{},") + "{}]", "{\"" + many("k") + "\":1}", "[" + many("1e308,") + "0]",
            "[" + many("\"\\ud83d\\ude00\",") + "0]",
        ]
        for text in texts {
            _ = try quickly("\(text.prefix(8))…", within: .seconds(20)) { try? JSONText.parse(text) }
        }
    }

    @Test("Numbers keep their value or are refused")
    func numbers() throws {
        for text in [
            "1e999", "-1e999", "1e308999", "NaN", "0x10", "1_000", "１", "+1", "--1", "1e", "1e+", ".5", "5.",
        ] {
            #expect(throws: JSONParsingError.self, "\(text)") { try JSONText.parse(text) }
        }
        let rows: [(String, JSONValue)] = [
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(0x1p63)), ("1e-400", 0), ("-0", 0), ("-0.0", 0),
            ("1E2", 100), ("1.0", 1),
        ]
        for (text, value) in rows { #expect(try JSONText.parse(text) == value, "\(text)") }
    }

    @Test(
        "No name or value of the contracts can be spelt with other characters that Swift takes for the same")
    func spellings() {
        // Swift compares texts by canonical equivalence: U+212A, the Kelvin sign, equals K.
        let catalogues = GoldenTests.catalogues
        var names = catalogues.flatMap(\.messages).flatMap { [$0.type] + $0.fields.map(\.name) }
        names += catalogues.flatMap(\.enumerations).flatMap(\.values)
        names += catalogues.flatMap(\.types).flatMap(\.fields).map(\.name)
        for function in Blueprints.all.flatMap(\.functions) {
            names.append(function.name)
            names += function.parameters.map(\.name) + function.result.map(\.name)
        }
        #expect(names.count > 500)
        for name in names {
            #expect(name.utf8.allSatisfy { $0 < 128 } && !name.contains { "K;`".contains($0) }, "\(name)")
        }
    }

    @Test("A choice is taken in its own characters alone")
    func choices() {
        let field = FieldDefinition(name: "size", type: .string, rules: [.in(["OK", "K2"])])
        #expect([field].problems(in: ["size": "OK"]).isEmpty)
        #expect(![field].problems(in: ["size": "O\u{212A}"]).isEmpty)
    }
}
