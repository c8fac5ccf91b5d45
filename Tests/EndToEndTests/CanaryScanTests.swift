import AMQP
import Foundation
import Models
import ServiceRuntime
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
        let named = folder.url.appending(path: "a/\(canary.core)")
        try Data().write(to: named)
        #expect(try scan.findings(in: folder.url).map(\.place) == ["the names of files", "a/file"])
        let old = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -60)]
        try FileManager.default.setAttributes(old, ofItemAtPath: folder.url.appending(path: "a/file").path)
        try FileManager.default.removeItem(at: named)
        for (seconds, places) in [(-90.0, ["a/file"]), (-30.0, [])] {
            let found = try scan.findings(
                in: folder.url, writtenSince: Date(timeIntervalSinceNow: seconds))
            #expect(found.map(\.place) == places)
        }
    }

    @Test(arguments: texts.indices)
    func `A secret of many is found where it stands at a text's very beginning or end`(index: Int) {
        let (name, encode) = Self.texts[index]
        let others = (0..<200).map { "another-secret-\($0)" }
        let scan = CanaryScan(others + [secret])
        for text in ["\(encode(secret)) after", "before \(encode(secret))"] {
            let found = scan.findings(in: Data(text.utf8), of: "place")
            #expect(Set(found.map(\.secret)) == [String(secret.prefix(16))], "\(name): \(found)")
        }
        #expect(scan.findings(in: Data(encode(secret).utf8), of: "place", except: [secret]).isEmpty)
    }

    // MARK: Systems

    @Test func `Every suite on the shared systems looks for secrets after its tests`() throws {
        let call = ["PurserSystem", "shared("].joined(separator: ".")
        let folder = TestRun.package.appending(path: "Tests")
        var users: [String] = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        where path.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            guard text.contains(call) else { continue }
            users.append(path)
            #expect(text.contains(", .leavingNoSecrets)"), "\(path)")
        }
        #expect(users.count >= 6)
    }

    /// What is written into a system's folder, by the name of its file; each is to be found.
    private static func leaks(of secret: String) -> [String: Data] {
        let text = "\(secret)\(secret)"
        var files = [
            "data/it-is": Data("\u{0}\u{1}\(secret)\u{0}".utf8),
            "data/deep/URL": Data(
                "a=\(text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")&".utf8),
            "gateway.output": Data(
                "{\"a\":\(String(decoding: JSONValue.string(secret).text, as: UTF8.self))}".utf8),
            "data/hexadecimal": Data(Data(secret.utf8).map { String(format: "%02x", $0) }.joined().utf8),
            "data/large": Data(count: 5 << 20) + Data(secret.utf8),
        ]
        for offset in 0..<3 {
            let bytes = Data(String(repeating: "u", count: offset).utf8) + Data(secret.utf8) + Data(":x".utf8)
            files["data/base64-\(offset)"] = Data("Basic \(bytes.base64EncodedString())\n".utf8)
        }
        return files
    }

    @Test func `A system's folder is looked through for all that it was given`() async throws {
        try await withSystem(.embedded, isStarted: false) { system in
            #expect(try system.leaks().isEmpty, "the keys are in their own files")
            let category = system.master.derived(for: .category("hosting")).text
            for secret in [
                system.canary.core, PurserSystem.adminToken, system.master.text, category,
                TestBroker.passwordStem,
            ] {
                let files = Self.leaks(of: secret)
                for (name, data) in files {
                    let file = system.folder.appending(path: name)
                    try FileManager.default.createDirectory(
                        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                    try data.write(to: file)
                }
                let found = Set(try system.leaks().map(\.place))
                #expect(found == Set(files.keys), "\(secret)")
                for name in files.keys {
                    try FileManager.default.removeItem(at: system.folder.appending(path: name))
                }
            }
        }
    }

    @Test func `What is in the files for secrets is looked for elsewhere`() throws {
        let folder = try TemporaryFolder()
        let (token, key, old) = (Canary("token").core, Canary("key").core, Canary("old").core)
        let files = [
            "data/admin-token": token, "data/run/x.key": "\(key)\nnext \(old)\nhosting 2 1\n",
            "data/rabbitmq/passwords/gateway": token, "x.output": "hosting 2 1 next",
        ]
        for (name, text) in files {
            let file = folder.url.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        #expect(try CanaryScan.leaks(in: folder.url, of: []).isEmpty)
        let output = folder.url.appending(path: "y.output")
        for secret in [token, key, old] {
            try Data("a \(secret)".utf8).write(to: output)
            #expect(try CanaryScan.leaks(in: folder.url, of: []).map(\.place) == ["y.output"])
        }
        // The terminal of a first start shows this one; nothing else does.
        try Data(old.utf8).write(to: folder.url.appending(path: "data/admin-password"))
        #expect(try CanaryScan.leaks(in: folder.url, of: []).isEmpty)
        try Data(old.utf8).write(to: folder.url.appending(path: "data/other"))
        #expect(try CanaryScan.leaks(in: folder.url, of: []).map(\.place) == ["data/other"])
    }

    @Test func `A test fails whose system has a secret in a file`() async throws {
        let error = await #expect(throws: WaitingError.self) {
            try await withSystem(.embedded, isStarted: false) { system in
                let file = system.folder.appending(path: "gateway.output")
                try Data("PURSER_ADMIN_TOKEN=\(PurserSystem.adminToken)".utf8).write(to: file)
            }
        }
        #expect(error?.description.contains("gateway.output") == true)
    }

    @Test func `A test fails whose system has a secret on the bus, though nobody hears it`() async throws {
        let error = await #expect(throws: WaitingError.self) {
            try await withSystem(.rabbitMQ, isStarted: false) { system in
                #expect(try system.leaks().isEmpty)
                let connection = try await AMQPConnection.open(AMQPEndpoint(url: system.bus), name: "leak")
                _ = try await connection.openPublishChannel()
                var message = AMQPMessage()
                message.body = Data("{\"password\":\"\(system.canary.core)\"}".utf8)
                try await connection.publish(
                    AMQPPublication(
                        exchange: "amq.topic", routingKey: "nobody", isMandatory: false, message: message),
                    by: .now + .seconds(10))
                await connection.close()
                try await eventually("the capture has it") { try !system.leaks().isEmpty }
            }
        }
        #expect(error?.description.contains("/quorum/") == true, "\(error?.description ?? "none")")
    }
}
