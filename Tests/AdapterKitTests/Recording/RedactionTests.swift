@testable import AdapterKit
import Foundation
import Models
import Testing

@Suite("Secrets in recorded traffic")
struct RedactionTests {
    private static let secret = #"p@ss/w"ord<&'é+1"#

    @Test(
        "A known secret is removed in every form that it takes on the wire",
        arguments: [
            secret,
            "p%40ss%2Fw%22ord%3C%26%27%C3%A9%2B1",
            "p%40ss%2fw%22ord%3c%26%27%c3%a9%2b1",
            #"p@ss/w\"ord<&'é+1"#,
            #"p@ss\/w\"ord<&'\u00e9+1"#,
            #"p@ss\/w\"ord<&'\u00E9+1"#,
            #"p@ss/w"ord&lt;&amp;'é+1"#,
            "p@ss/w&quot;ord&lt;&amp;&apos;é+1",
            "p@ss/w&quot;ord&lt;&amp;&#39;é+1",
            Data(secret.utf8).base64EncodedString(),
        ])
    func everyForm(form: String) {
        let text = Redactor(values: [Self.secret]).redact("before \(form) after")
        #expect(text == "before •••• after")
    }

    @Test("A secret within base64 is removed, whatever stands before and after it", arguments: 0..<6)
    func withinBase64(count: Int) throws {
        let secret = "S3cret!pass9word"
        let user = String(repeating: "u", count: count) + ":"
        let encoded = Data((user + secret + "tail").utf8).base64EncodedString()
        let text = Redactor(values: [secret]).redact("Authorization: Basic \(encoded)")
        #expect(text.contains("••••"))
        let rest = text.split(separator: " ").last.map { $0.replacing("••••", with: " ") } ?? ""
        #expect(rest.split(separator: " ").allSatisfy { $0.count <= 12 })
    }

    @Test("A secret that contains another is removed whole")
    func nested() {
        #expect(
            Redactor(values: ["secret", "secret-longer"]).redact("a secret-longer b secret")
                == "a •••• b ••••")
    }

    @Test("A very short secret is removed only where it stands by itself")
    func short() {
        #expect(Redactor(values: ["ab"]).redact("pin=ab&name=abel") == "pin=••••&name=abel")
    }

    @Test("Without secrets the text stays as it is")
    func none() {
        #expect(Redactor(values: []).redact("text") == "text")
        #expect(Redactor(values: [""]).redact("text") == "text")
    }

    @Test("Names that tell of a secret hide their values in headers, fields and JSON")
    func names() {
        let exchange = RecordedExchange(
            request: HTTPRequest(
                .post, host: "a.example", path: "/x", query: [.init("api_key", "k1"), .init("user", "jane")],
                headers: [
                    .init("Authorization", "whm acme:k2"), .init("Cookie", "k3"), .init("X-Plain", "yes"),
                ],
                body: .form([.init("password", "k4"), .init("pin_code", "k5"), .init("email", "a@b.example")])
            ),
            answer: .success(
                HTTPResponse(
                    status: 200, headers: [.init("Set-Cookie", "k6")],
                    body: Data(
                        #"{"token":"k7","data":{"session":"k8","name":"jane"},"pins":[{"pin_code":9}]}"#.utf8)
                )),
            durationMilliseconds: 12.4)
        let text = exchange.text(Redactor(values: []), names: ["pin_code"])
        for secret in 1...8 { #expect(!text.contains("k\(secret)")) }
        #expect(!text.contains("9}"))
        for fact in ["user=jane", "X-Plain: yes", "email=a%40b.example", #""name":"jane""#, "200 (12 ms)"] {
            #expect(text.contains(fact), "\(fact)")
        }
    }

    @Test("An exchange keeps at most 64 KiB, and a cut does not show a part of a secret")
    func bounds() {
        let secret = "SECRET-" + String(repeating: "0123456789", count: 20)
        let filler = String(repeating: "x", count: 48 << 10)
        for shift in stride(from: 0, to: 400, by: 7) {
            let body = filler.dropLast(300 - shift / 2) + secret + filler
            let exchange = RecordedExchange(
                request: HTTPRequest(.get, host: "a.example", path: "/"),
                answer: .success(HTTPResponse(status: 200, body: Data(body.utf8))), durationMilliseconds: 1)
            let text = exchange.text(Redactor(values: [secret]), names: [])
            #expect(text.utf8.count <= RecordedExchange.byteLimit)
            #expect(!text.contains("SECRET"))
            #expect(text.contains("bytes in all"))
        }
    }

    @Test("An attempt keeps at most 256 KiB")
    func attemptBound() throws {
        let record = AttemptRecord()
        for _ in 0..<20 {
            record.add(
                RecordedExchange(
                    request: HTTPRequest(.get, host: "a.example", path: "/"),
                    answer: .success(
                        HTTPResponse(status: 200, body: Data(String(repeating: "x", count: 1 << 20).utf8))),
                    durationMilliseconds: 1))
        }
        let text = try #require(record.debugText(SecretValues()))
        #expect(text.utf8.count <= AttemptRecord.byteLimit + 100)
        #expect(text.contains("further exchanges left out"))
    }

    @Test("A body that is no text is told by its length")
    func binary() {
        let exchange = RecordedExchange(
            request: HTTPRequest(.get, host: "a.example", path: "/"),
            answer: .success(HTTPResponse(status: 200, body: Data([0xFF, 0xFE, 0x00]))),
            durationMilliseconds: 1)
        #expect(exchange.text(Redactor(values: []), names: []).contains("3 bytes that are not UTF-8"))
    }
}
