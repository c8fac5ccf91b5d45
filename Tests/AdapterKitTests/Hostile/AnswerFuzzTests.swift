import AdapterKit
import Foundation
import Models
import TestSupport
import Testing

/// Answers of third parties, and what is read of their parts.
@Suite("Hostile answers")
struct AnswerFuzzTests {
    private struct Shape: Codable {
        struct Inner: Codable {
            var name: String
            var sizes: [Int]
            var ratio: Double?
        }
        var id: Int
        var small: UInt8?
        var tiny: Int16?
        var inner: Inner
        var list: [Inner]
        var map: [String: JSONValue]
        var kind: ErrorKind?
        var time: Timestamp?
    }

    private static let sample: JSONValue = [
        "id": 7, "small": 255, "tiny": -3, "inner": ["name": "a", "sizes": [1, 2], "ratio": 1.5],
        "list": [["name": "b", "sizes": []]], "map": ["x": [1, .null]], "kind": "notFound",
        "time": "2026-02-03T10:11:12.345Z",
    ]

    /// What reading may come to.
    private static func take(_ body: Data) throws {
        let response = HTTPResponse(status: 200, body: body, answersChange: true)
        do throws(ProviderError) {
            _ = try response.json(as: Shape.self)
        } catch {
            guard error.kind == .providerUnavailable, error.mayHaveTakenEffect else {
                throw FuzzFailure(description: "\(error)")
            }
        }
        _ = try? response.json()  // These may fail, and must not do more.
        _ = try? response.xml()
        _ = try? response.text()
    }

    @Test("A typed answer with changed bytes or values is read or refused")
    func typed() async throws {
        let bytes: [UInt8] = Self.sample.text
        try await Fuzz.run("typed answers", count: 1_500) { generator in
            try Self.take(Data(Mutator.json.mutate(bytes, using: &generator)))
            let mutated: [UInt8] = Self.sample.mutated(using: &generator).text
            try Self.take(Data(mutated))
        }
    }

    @Test("An answer of a megabyte, however deep, is read or refused at once")
    func large() throws {
        let texts = [
            String(repeating: "[", count: 1 << 20), String(repeating: "{\"a\":", count: 1 << 18),
            String(repeating: "[", count: 500) + String(repeating: "]", count: 500),
            String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000),
            "[" + String(repeating: "[],", count: 1 << 18) + "0]", String(repeating: "9", count: 1 << 20),
        ]
        for text in texts {
            try quickly("\(text.prefix(10))…", within: .seconds(20)) { try Self.take(Data(text.utf8)) }
        }
    }

    @Test("Lenient readings end for any value, and no number is out of reach")
    func lenient() async throws {
        try await Fuzz.run("lenient readings", count: 2_000) { generator in
            let value = JSONValue.bad(using: &generator)
            _ = (value.lenientFlag, value.lenientText)
            guard let number = value.lenientNumber else { return }
            guard number.isFinite else { throw FuzzFailure(description: "\(value)") }
            let time = Timestamp(seconds: number)
            guard Timestamp(time.description) != nil else { throw FuzzFailure(description: "\(time)") }
        }
        for seconds in [Double.nan, .infinity, -.infinity, 1e308, -1e308, 1e-300] {
            #expect((0...253_402_300_799_000).contains(Timestamp(seconds: seconds).milliseconds))
        }
    }

    @Test("Times, addresses and forms of third parties are read or not")
    func texts() async throws {
        let samples = [
            "2026-02-03T10:11:12.345+0100", "2026-02-03 10:11:12", "2026-02-03",
            "https://u:p@api.example.com:8443/v1/?a=b#c",
            "api.example.com", "[2001:db8::7]:443", "a=1&b%5B%5D=%C3%A9&c=+", "%+f", "%-1", "%zz",
            "0000-00-00 00:00:00",
        ].map { Array($0.utf8) }
        try await Fuzz.run("texts of third parties", count: 3_000) { generator in
            let sample = samples.randomElement(using: &generator) ?? []
            let text = String(
                decoding: Mutator.text.mutate(sample, with: samples, using: &generator), as: UTF8.self)
            if let time = Timestamp(written: text) { _ = (time.plainText, time.description) }
            if let address = try? ServiceAddress(text), address.host.isEmpty || address.url.contains(" ") {
                throw FuzzFailure(description: "\(text) is \(address)")
            }
            _ = try? OperatorEndpoint(url: text, method: "post")  // Either is right.
            if let fields = PercentEncoding.fields(text), !fields.isEmpty {
                guard PercentEncoding.fields(PercentEncoding.query(fields)) == fields else {
                    throw FuzzFailure(description: "\(text) is \(fields)")
                }
            }
            guard (try? HTTPRequest.segment(text)) == nil || !text.contains("/") else {
                throw FuzzFailure(description: "\(text) is more than one segment")
            }
        }
        for text in ["%+f", "%-0", "% 1", "%0x"] { #expect(PercentEncoding.fields(text) == nil, "\(text)") }
    }

    @Test("Waits that third parties ask for are bounded")
    func waits() {
        for text in ["9223372036854775807", "99999999999999999999999", "-1", "1e9", "", " 5", "NaN", "0x10"] {
            let response = HTTPResponse(status: 429, headers: [.init("Retry-After", text)])
            let wait = response.retryAfter ?? .zero
            #expect((.zero...(.seconds(HTTPResponse.longestRetryAfterSeconds))).contains(wait), "\(text)")
        }
    }

    @Test("Known secrets are removed from any text, and removing ends")
    func redaction() async throws {
        let redactor = Redactor(values: ["hunter2-in-plain", "pässwörd\"<&>", "ab", "\u{0}\u{1}\u{2}\u{3}"])
        let samples = ["hunter2-in-plain", "aHVudGVyMi1pbi1wbGFpbg==", "p%C3%A4ssw%C3%B6rd", "x ab y"].map {
            Array($0.utf8)
        }
        try await Fuzz.run("redaction", count: 800) { generator in
            let sample = samples.randomElement(using: &generator) ?? []
            let bytes = Mutator.text.mutate(sample, with: samples, using: &generator)
            let text = redactor.redact(String(decoding: bytes, as: UTF8.self))
            guard !text.contains("hunter2-in-plain"), redactor.redact(text) == text else {
                throw FuzzFailure(description: text)
            }
        }
    }
}
