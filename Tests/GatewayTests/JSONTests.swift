import Foundation
import Models
import Testing

@testable import Gateway

/// Reading, writing and looking into JSON text.
@Suite struct JSONTests {
    private func parse(_ text: String) throws -> JSONValue { try RawJSON(Data(text.utf8)).decoded() }

    private static let good: [(String, JSONValue)] = [
        ("null", .null), (" true ", true), ("-0", 0), ("12", 12), ("1.5", 1.5), ("1.0", 1), ("1e2", 100),
        ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        (#""""#, ""), (#""a\u00e9\n\"\\\/""#, "aé\n\"\\/"), (#""\ud83d\ude00""#, "😀"), ("[]", .array([])),
        ("[1, [2]]", [1, [2]]), ("{}", .object([:])), (#"{"a" : {"b":null}}"#, ["a": ["b": .null]]),
    ]

    @Test(arguments: good)
    func `what is JSON is read`(_ text: String, _ value: JSONValue) throws {
        #expect(try parse(text) == value)
        #expect(try parse(String(decoding: value.text, as: UTF8.self)) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "tru", "01", "-", "1.", ".5", "1e", "+1", "NaN", "Infinity", "1e999", "'a'", "\"a",
        "\"\t\"",
        #""\x""#, #""\u12""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "[1,]", "[1", "[1 2]", "{",
        "{a:1}",
        #"{"a"}"#, #"{"a":1,}"#, #"{"a":1,"a":2}"#, "1 2", "//", "[1]]",
    ])
    func `what is no JSON is refused`(_ text: String) {
        #expect(throws: JSONParsingError.self) { try parse(text) }
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        for bytes in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D]]
            as [[UInt8]]
        {
            #expect(throws: JSONParsingError.self) { try RawJSON(Data(bytes)).decoded() }
        }
    }

    @Test func `nesting has an end`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try parse(nested(Limits.jsonDepth))
        #expect(throws: JSONParsingError.self) { try parse(nested(Limits.jsonDepth + 1)) }
        #expect(throws: JSONParsingError.self) { try parse(String(repeating: "[", count: 1 << 20)) }
    }

    @Test func `cut texts are refused wherever they are cut`() throws {
        let text = #"{"a":[1,-2.5e3,"b\u00e9\ud83d\ude00",true,null,{"c":{}}]}"#
        for length in 0..<text.utf8.count {
            let cut = Data(text.utf8.prefix(length))
            #expect(throws: JSONParsingError.self) { try RawJSON(cut).decoded() }
            // Looking into it must end, whatever it finds.
            _ = RawJSON(cut).members(["a", "z"])
        }
    }

    @Test func `members are found without reading the rest`() throws {
        let raw = RawJSON(
            Data(#" { "a" : "x\"}" , "b":{"a":[1,{"c":"]"}]}, "c":12, "d":true,"e":null } "#.utf8))
        let members = raw.members(["c", "b", "nope", "d"])
        #expect(members[0]?.integer == 12)
        #expect(try members[1]?.decoded() == ["a": [1, ["c": "]"]]])
        #expect(members[2] == nil)
        #expect(members[3]?.bool == true)
        #expect(try raw["a"]?.decoded() == "x\"}")
        #expect(raw["a"]?.string == nil)
        #expect(raw["b"]?["a"]?.bytes.count == 13)
        #expect(RawJSON(Data("[1]".utf8))["a"] == nil)
    }

    @Test func `a sealed value is noticed`() {
        #expect(RawJSON(Data(#"{"a":"sealed:v1:k:x"}"#.utf8)).mayHaveSealed)
        #expect(!RawJSON(Data(#"{"a":"sealed:v2"}"#.utf8)).mayHaveSealed)
        #expect(!RawJSON(Data("s".utf8)).mayHaveSealed)
    }
}
