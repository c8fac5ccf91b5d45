import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

/// What looks for secrets must find them.
@Suite struct CanaryScanTests {
    private let secret = "\"&+%ü<'/\\>pass word"

    private static let texts: [(String, @Sendable (String) -> String)] = [
        ("plain", { $0 }),
        ("JSON", { String(decoding: JSONValue.object(["a": .string($0)]).text, as: UTF8.self) }),
        (
            "base64 behind other bytes",
            { secret in
                (0..<3).map { Data(("u:" + String(repeating: "x", count: $0) + secret + ":z").utf8) }
                    .map { $0.base64EncodedString() }.joined(separator: " ")
            }
        ),
        ("hexadecimal", { Data($0.utf8).map { String(format: "%02X", $0) }.joined() }),
        ("URL", { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }),
        (
            "form",
            {
                ($0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "").replacing(
                    "%20", with: "+")
            }
        ),
        (
            "XML",
            {
                $0.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
                    .replacing("\"", with: "&quot;")
            }
        ),
    ]

    @Test(arguments: texts.indices)
    func `A secret is found in every form`(index: Int) {
        let (name, encode) = Self.texts[index]
        let text = Data("before \(encode(secret)) after".utf8)
        let found = CanaryScan([secret, "another-secret"]).findings(in: text, of: "place")
        #expect(!found.isEmpty, "\(name)")
        #expect(CanaryScan(["another-secret"]).findings(in: text, of: "place").isEmpty)
    }

    @Test func `A canary is found by its core, whatever became of what stands around it`() throws {
        let canary = Canary("hosting api-token")
        #expect(canary.core.hasPrefix("CNRYhostingapitoken"))
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "a"), withIntermediateDirectories: true)
        try Data("x\u{0}\(canary.value)".utf8).write(to: folder.url.appending(path: "a/file"))
        try Data("nothing".utf8).write(to: folder.url.appending(path: "other"))
        let scan = CanaryScan([canary.core])
        #expect(try scan.findings(in: folder.url).map(\.place) == ["a/file"])
        #expect(try scan.findings(in: folder.url) { $0 == "a/file" }.isEmpty)
    }
}
