import Models
import Testing

@Suite("Rules")
struct RuleTests {
    /// Texts that a rule accepts, and others that it refuses.
    struct Row: Sendable, CustomTestStringConvertible {
        let rule: String
        let accepted: [String]
        let refused: [String]
        var testDescription: String { rule }
    }

    static let rows: [Row] = [
        Row(
            rule: "alpha_dash", accepted: ["a", "my-name_1", "müller", "東京"],
            refused: ["", "a b", "a.b", "a!", "🙂"]),
        Row(
            rule: "alpha_dash_dot", accepted: ["web-1.example", "a_b", "."],
            refused: ["", "a b", "müller", "a/b"]),
        Row(rule: "alpha_num", accepted: ["abc123", "é1"], refused: ["", "a-b", "a_b", "a b"]),
        Row(
            rule: "certificate_pem",
            accepted: [
                "-----BEGIN CERTIFICATE-----\nMAMCAQU=\n-----END CERTIFICATE-----\n",
                "Bag Attributes\r\n-----BEGIN CERTIFICATE-----\r\nMAMC\r\nAQU=\r\n-----END CERTIFICATE-----",
            ],
            refused: [
                "", "MAMCAQU=", "-----BEGIN CERTIFICATE-----\nMAMCAQU=",
                // No base64; nothing; an integer, not a sequence; longer than the data; shorter than the data.
                "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\nAgEF\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\nMAQCAQU=\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\nMAMCAQUA\n-----END CERTIFICATE-----",
                "-----BEGIN PRIVATE KEY-----\nMAMCAQU=\n-----END PRIVATE KEY-----",
            ]),
        Row(
            rule: "country_code", accepted: ["GB", "UK", "XK", "AN", "ZW", "AD", "TP"],
            refused: ["", "gb", "ZZ", "GBR", "G", "A1", "G B", "ÄÖ", "AA"]),
        Row(
            rule: "date",
            accepted: [
                "2026-02-03", "2026-02-03 10:11:12", "2026-02-03T10:11:12Z", "2024-02-29",
                "2026-02-03T10:11:12+02:00",
            ],
            refused: [
                "", "2026-02-30", "2025-02-29", "03.02.2026", "tomorrow", "2026-2-3", "2026-02-03 24:00:00",
            ]),
        Row(
            rule: "date_format:Y-m-d", accepted: ["2026-02-03", "0001-01-01", "2000-02-29"],
            refused: [
                "", "2026-02-3", "26-02-03", "2026-13-01", "2026-00-01", "1900-02-29", "2026-02-03 ",
                "2026/02/03",
            ]),
        Row(
            rule: "date_format:Y-m-d H:i:s", accepted: ["2026-02-03 10:11:12", "2026-12-31 23:59:59"],
            refused: [
                "2026-02-03", "2026-02-03T10:11:12", "2026-02-03 24:00:00", "2026-02-03 10:60:00",
                "2026-02-03 10:11:60", "2026-04-31 10:11:12", "2026-02-03 10:11:12Z",
            ]),
        Row(
            rule: "date_format:j.n.y G:i", accepted: ["3.2.26 9:05", "31.12.99 10:00"],
            refused: ["03.2.26 9:05", "3.02.26 9:05", "3.2.26 09:05", "32.1.26 9:05", "30.2.26 9:05"]),
        Row(
            rule: "domain_name",
            accepted: [
                "example.com", "a.b", "xn--mller-kva.de", "XN--Mller-KVA.de", "EXAMPLE.Com", "1.2",
                "a-b.c-d.org",
                String(repeating: "a", count: 63) + ".com",
                Array(repeating: String(repeating: "a", count: 62), count: 4).joined(separator: ".") + ".b",
            ],
            refused: [
                "", "example", ".com", "example.", "a..b", "-a.com", "a-.com", "a.-com", "a.com-",
                "exa mple.com",
                "xn--a.de", "xn--999999999.de", "xn--.de", "www.xn--ls8h.example",
                "ex_ample.com", "müller.de", "http://example.com", "example.com/",
                String(repeating: "a", count: 64) + ".com",
                Array(repeating: String(repeating: "a", count: 63), count: 4).joined(separator: "."),
            ]),
        Row(
            rule: "email",
            accepted: [
                "jane@example.com", "jane.doe+tag@mail.example.com", "o'brien@example.ie", "a@b.c",
                String(repeating: "a", count: 64) + "@example.com",
            ],
            refused: [
                "", "jane", "@example.com", "jane@", "jane@example", ".jane@example.com", "jane.@example.com",
                "ja..ne@example.com", "ja ne@example.com", "jane@exa mple.com", "jane@-example.com",
                "jane@example.com.",
                "a@b@example.com", "jane@müller.de", "jürgen@example.com", "\"jane doe\"@example.com",
                "jane@[192.0.2.7]",
                String(repeating: "a", count: 65) + "@example.com", "jane@example.com\n",
            ]),
        Row(rule: "filled", accepted: ["a", " a "], refused: ["", " ", "\t\n"]),
        Row(
            rule: "in:,wordpress", accepted: ["", "wordpress"],
            refused: ["WordPress", " ", "joomla", ",wordpress"]),
        Row(
            rule: "international_phone",
            accepted: [
                "+441632960123", "+44.1632960123", "+12025550123", "+1.2025550123", "+6834000", "+3545551234",
                "+4930123456", "+37912345678", "+88312345", "+79161234567",
            ],
            refused: [
                "", "441632960123", "00441632960123", "+44 1632 960123", "+441.632960123", "+44..1632960123",
                "+1234567", "+120255501234",
                "+7916123456", "+683400", "+44.16329a", "+4", "+44.",
                "+0441632960123",
                "+1234567890123456", "+2101234567", "+38412345678", "+99912345678", "+", "+44163296012a",
                "＋441632960123",
            ]),
        Row(
            rule: "ip",
            accepted: ["192.0.2.7", "0.0.0.0", "255.255.255.255", "2001:db8::7", "::", "::ffff:192.0.2.7"],
            refused: [
                "", "192.0.2", "192.0.2.256", "192.0.2.07", "192.0.2.7/24", "192.0.2.7 ", "2001:db8::7::1",
                "fe80::1%eth0",
                "[::1]", "example.com", "1::2:3:4:5:6:7:8:9", "0x7f.0.0.1",
            ]),
        Row(rule: "max:3", accepted: ["", "abc", "äöü", "🙂🙂🙂"], refused: ["abcd", "äöüß"]),
        Row(rule: "min:3", accepted: ["abc", "äöü", "abcd"], refused: ["", "ab", "äö", "🙂🙂"]),
        Row(rule: "size:2", accepted: ["ab", "äö"], refused: ["", "a", "abc"]),
        Row(
            rule: #"regex:/^\d+(\.\d+)?%$/"#, accepted: ["5%", "12.5%"],
            refused: ["", "5", "12.%", "5%\n", "a5%"]),
        Row(rule: #"regex:/^[^\_]+$/"#, accepted: ["a-b"], refused: ["", "a_b"]),
        Row(
            rule: #"regex:/^[a-z\d](-*[a-z\d])*$/i"#, accepted: ["a", "A--b", "x1-y"],
            refused: ["", "-a", "a-", "a b", String(repeating: "-", count: 60_000)]),
        Row(rule: "regex:#^a/b$#", accepted: ["a/b"], refused: ["ab"]),
        Row(rule: "regex:{^a+$}", accepted: ["aaa"], refused: ["b"]),
        Row(
            rule: "starts_with:wss://", accepted: ["wss://example.com", "wss://"],
            refused: ["", "ws://example.com", "WSS://a"]),
        Row(
            rule: "url",
            accepted: [
                "https://example.com", "http://localhost:8080/a/b?c[]=d&e=%20f#g", "HTTPS://example.com/",
                "https://[::1]:8443", "wss://console.example.com:6080/?token=1",
                "https://user:pw@example.com/", "https://192.0.2.7/x", "https://my_host.example.com",
                "http://a",
                "https://example.com?x=1", "https://example.com#a?b",
            ],
            refused: [
                "", "example.com", "/path", "ftp://example.com", "https://", "https:///path",
                "https:example.com",
                "https://exa mple.com", "https://example.com/a b", "https://example.com:0",
                "https://example.com:65536",
                "https://example.com:", "https://example.com:8a", "https://[::1", "https://[zz]",
                "https://-a.com",
                "https://example.com/%2", "https://example.com/%zz", "https://example.com/<a>",
                "https://müller.de",
                "https://example.com/ü", "javascript:alert(1)", "https://example.com/a\\b", "https://a#b#c",
                "https://@",
                "https://example.com/a[0]", "//example.com", " https://example.com",
            ]),
    ]

    private func problems(_ text: String, _ rule: Rule) -> [FieldProblem] {
        [FieldDefinition(name: "field", type: .string, rules: [rule])].problems(in: ["field": .string(text)])
    }

    @Test("Each rule accepts what it should", arguments: rows)
    func accepts(row: Row) throws {
        let rule = try #require(Rule(row.rule))
        for text in row.accepted { #expect(problems(text, rule).isEmpty, "\(row.rule) refused \(text)") }
    }

    @Test("Each rule refuses what it should, once, at the field, without showing the value", arguments: rows)
    func refuses(row: Row) throws {
        let rule = try #require(Rule(row.rule))
        for text in row.refused {
            let problems = problems(text, rule)
            #expect(problems.count == 1, "\(row.rule) accepted \(text)")
            #expect(problems.first?.pointer == "/field")
            if text.count > 20 { #expect(problems.first?.detail.contains(text) == false) }
        }
    }

    @Test("Every kind of rule has a row, but for those about other fields and presence")
    func complete() {
        let covered = Set(Self.rows.map { String($0.rule.prefix { $0 != ":" }) })
        let all: Set = [
            "alpha_dash", "alpha_dash_dot", "alpha_num", "certificate_pem", "country_code", "date",
            "date_format",
            "domain_name", "email", "filled", "in", "international_phone", "ip", "max", "min", "regex",
            "size",
            "starts_with", "url",
        ]
        #expect(covered == all)
    }

    @Test("Numbers keep to their bounds")
    func numbers() {
        func count(_ value: JSONValue, _ type: FieldDefinition.FieldType, _ rules: Rule...) -> Int {
            [FieldDefinition(name: "n", type: type, rules: rules)].problems(in: ["n": value]).count
        }
        #expect(count(1, .integer, .min(1), .max(10)) == 0)
        #expect(count(10, .integer, .min(1), .max(10)) == 0)
        #expect(count(0, .integer, .min(1), .max(10)) == 1)
        #expect(count(11, .integer, .min(1), .max(10)) == 1)
        #expect(count(0.99, .number, .min(1)) == 1)
        #expect(count(10.01, .number, .max(10)) == 1)
        #expect(count(5.5, .number, .min(1), .max(10)) == 0)
        #expect(count(5, .integer, .size(5)) == 0)
        #expect(count(6, .number, .size(5)) == 1)
        #expect(count(2, .integer, .in(["1", "2"])) == 0)
        #expect(count(3, .integer, .in(["1", "2"])) == 1)
        #expect(count(1.5, .number, .in(["1", "2"])) == 1)
    }

    @Test("Lists keep to their bounds")
    func lists() {
        func count(_ elements: Int, _ rule: Rule) -> Int {
            let value = JSONValue.array(Array(repeating: "a", count: elements))
            return [FieldDefinition(name: "n", type: .array, rules: [rule])].problems(in: ["n": value]).count
        }
        #expect([0, 1, 2, 3].map { count($0, .min(2)) } == [1, 1, 0, 0])
        #expect([0, 1, 2, 3].map { count($0, .max(2)) } == [0, 0, 0, 1])
        #expect([0, 1, 2, 3].map { count($0, .size(2)) } == [1, 1, 0, 1])
        #expect([0, 1].map { count($0, .filled) } == [1, 0])
    }

    @Test("Messages say what to do")
    func messages() throws {
        func detail(_ text: String, _ rule: String) throws -> String? {
            problems(text, try #require(Rule(rule))).first?.detail
        }
        #expect(try detail("x", "domain_name") == "give a domain name such as example.com")
        #expect(
            try detail("müller.de", "domain_name")
                == "give the domain name in its ASCII form, which begins with xn-- where it has other letters"
        )
        #expect(try detail("b", "in:,a") == "must be one of a, or empty")
        #expect(try detail("x", "date_format:Y-m-d H:i:s") == "give a time in the form 2026-02-03 10:11:12")
        #expect(try detail("x", "email") == "give an e-mail address such as jane@example.com")
    }

    @Test(
        "A rule that means nothing is no rule",
        arguments: [
            "nonsense", "max:a", "max", "date_format:Q", "date_format:Y\\", "regex:abc", "regex:/a",
            "regex:/a/q", "regex:",
        ])
    func unknownRules(text: String) {
        #expect(Rule(text) == nil)
    }

    @Test("A rule is written as it is read", arguments: rows)
    func roundTrip(row: Row) {
        #expect(Rule(row.rule)?.text == row.rule)
    }
}
