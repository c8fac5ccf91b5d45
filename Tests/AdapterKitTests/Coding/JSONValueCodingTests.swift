import AdapterKit
import Foundation
import Models
import Testing

@Suite("Typed values from and to JSON values")
struct JSONValueCodingTests {
    private struct Sample: Codable, Equatable {
        var text: String
        var number: Double
        var count: Int
        var small: UInt8?
        var flag: Bool
        var list: [Int?]
        var map: [String: JSONValue]
        var nested: Nested?
        var any: JSONValue?
        var id: ActionID
        var kind: ErrorKind
        var time: Timestamp

        struct Nested: Codable, Equatable {
            var items: [[String]]
        }
    }

    private static let sample = Sample(
        text: "é\n\"", number: 1.5, count: -3, small: 255, flag: true, list: [1, nil, 3],
        map: ["a": 1, "b": ["c", .null, 2.5]], nested: .init(items: [["x"], []]), any: ["deep": [true]],
        id: ActionID(rawValue: "act_1"), kind: .notFound, time: Timestamp(milliseconds: 1_770_113_472_123))

    @Test("The value is the same as by way of text")
    func sameAsText() throws {
        let byText = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(Self.sample))
        #expect(try JSONValueEncoder.encode(Self.sample) == byText)
        #expect(try JSONValueDecoder.decode(Sample.self, from: byText) == Self.sample)
    }

    @Test("Absent and null optionals read as nil, and nil is left out")
    func optionals() throws {
        var sample = Self.sample
        sample.nested = nil
        sample.small = nil
        var value = try #require(JSONValueEncoder.encode(sample).objectValue)
        #expect(value["nested"] == nil)
        value["small"] = .null
        #expect(try JSONValueDecoder.decode(Sample.self, from: .object(value)) == sample)
    }

    @Test(
        "What does not fit is refused, with the place",
        arguments: [
            ("text", 5, "/text is not a String"), ("count", 1.5, "/count is not a Int"),
            ("count", "1", "/count is not a Int"),
            ("small", 256, "/small is not a UInt8"), ("small", -1, "/small is not a UInt8"),
            ("flag", 1, "/flag is not a Bool"), ("list", ["a"], "/list/0 is not a Int"),
            ("text", .null, "/text is null"),
            ("nested", ["items": [[1]]], "/nested/items/0/0 is not a String"),
            ("kind", "nope", "/kind has a value that is not allowed"),
        ] as [(String, JSONValue, String)])
    func refusals(field: String, value: JSONValue, reason: String) throws {
        var object = try #require(JSONValueEncoder.encode(Self.sample).objectValue)
        object[field] = value
        let error = #expect(throws: (any Error).self) {
            try JSONValueDecoder.decode(Sample.self, from: .object(object))
        }
        #expect(error.map { JSONValueDecoder.reason($0) } == reason)
    }

    @Test("Whole numbers may be written as fractions")
    func wholeFractions() throws {
        #expect(try JSONValueDecoder.decode(Int.self, from: 5.0) == 5)
        #expect(try JSONValueDecoder.decode(Double.self, from: 5) == 5)
        #expect(try JSONValueEncoder.encode(5.0) == 5)
    }

    @Test("A number that is not finite is refused")
    func infinite() {
        #expect(throws: (any Error).self) { try JSONValueEncoder.encode([Double.infinity]) }
    }

    @Test("Lenient readings take what third parties write")
    func lenient() {
        #expect(JSONValue.string("12.5").lenientNumber == 12.5)
        #expect(JSONValue.string("unlimited").lenientNumber == nil)
        #expect(JSONValue.string("inf").lenientNumber == nil)
        #expect(JSONValue.integer(1).lenientFlag == true)
        #expect(JSONValue.string("0").lenientFlag == false)
        #expect(JSONValue.string("maybe").lenientFlag == nil)
        #expect(JSONValue.string("").lenientText == nil)
        #expect(JSONValue.integer(7).lenientText == "7")
    }

    @Test("Fields are encoded and read back", arguments: ["a b+c&d=e", "é/%", "", "ü\n"])
    func fields(value: String) {
        let fields = [HTTPRequest.Field(value, value), .init("x", value)]
        #expect(PercentEncoding.fields(PercentEncoding.query(fields)) == fields)
        #expect(PercentEncoding.fields(PercentEncoding.form(fields)) == fields)
    }
}
