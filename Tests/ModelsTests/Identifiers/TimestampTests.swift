import Foundation
import Models
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test("Texts are read and written again in one form")
    func table() {
        let rows: [(String, String)] = [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            ("2026-02-03T10:11:12.345Z", "2026-02-03T10:11:12.345Z"),
            ("2026-02-03t10:11:12.345z", "2026-02-03T10:11:12.345Z"),
            ("2026-02-03T10:11:12.3Z", "2026-02-03T10:11:12.300Z"),
            ("2026-02-03T10:11:12.345999999Z", "2026-02-03T10:11:12.345Z"),
            ("2026-02-03T10:11:12+02:00", "2026-02-03T08:11:12.000Z"),
            ("2026-02-03T10:11:12-23:59", "2026-02-04T10:10:12.000Z"),
            ("2026-02-03T00:00:00.5+00:01", "2026-02-02T23:59:00.500Z"),
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"),
            ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
        ]
        for (text, written) in rows { #expect(Timestamp(text)?.description == written, "\(text)") }
    }

    @Test(
        "What is no RFC 3339 time is refused",
        arguments: [
            "", "2026", "2026-02-03", "2026-02-03T10:11:12", "2026-02-03 10:11:12Z", "2026-02-03T10:11Z",
            "2026-02-03T10:11:12.Z", "2026-02-03T10:11:12.345", "2026-02-03T10:11:12+0200",
            "2026-02-03T10:11:12+02",
            "2026-02-03T10:11:12+24:00", "2026-02-03T10:11:12+02:60", "2026-02-03T10:11:12Zx",
            "2026-02-03T10:11:12 Z",
            "2026-00-03T10:11:12Z", "2026-13-03T10:11:12Z", "2026-02-00T10:11:12Z", "2026-02-29T10:11:12Z",
            "1900-02-29T10:11:12Z", "2026-04-31T10:11:12Z", "2026-02-03T24:00:00Z", "2026-02-03T10:60:12Z",
            "2026-02-03T10:11:61Z", "2026-2-3T10:11:12Z", "+026-02-03T10:11:12Z", "2026/02/03T10:11:12Z",
            "2026-02-03T10-11-12Z", " 2026-02-03T10:11:12Z", "２026-02-03T10:11:12Z",
            "2026-02-03T10:11:12,345Z",
            "12026-02-03T10:11:12Z", "-026-02-03T10:11:12Z", "2026-02-03T1a:11:12Z",
        ])
    func refused(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("Random moments are written as Foundation writes them, and read back")
    func likeFoundation() throws {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        // 1583 to 9999: before, Foundation counts days as the Julian calendar does.
        for _ in 0..<5_000 {
            let moment = Timestamp(milliseconds: Int64.random(in: -12_212_553_600_000...253_402_041_600_000))
            // A quarter of a millisecond keeps the other's rounding of binary fractions away from the digit before.
            let seconds = Double(moment.milliseconds) / 1000 + 0.000_25
            #expect(moment.description == Date(timeIntervalSince1970: seconds).formatted(style))
            #expect(Timestamp(moment.description) == moment)
        }
    }

    @Test("Every day of four centuries is followed by the next")
    func days() throws {
        var day = try #require(Timestamp("1700-01-01T00:00:00Z"))
        var previous = ""
        for _ in 0..<146_097 {
            let text = day.description
            #expect(previous < text && Timestamp(text) == day)
            previous = text
            day = day.advanced(by: .seconds(86_400))
        }
        #expect(day.description == "2100-01-01T00:00:00.000Z")
    }

    @Test("Distances and order")
    func arithmetic() {
        let first = Timestamp(milliseconds: 1_000)
        let second = first.advanced(by: .milliseconds(1_500))
        #expect(second.milliseconds == 2_500)
        #expect(first < second)
        #expect(first.duration(to: second) == .milliseconds(1_500))
        #expect(second.duration(to: first) == .milliseconds(-1_500))
    }
}
