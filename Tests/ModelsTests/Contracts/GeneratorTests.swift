import Foundation
import Models
import Testing

@Suite("The contracts generator")
struct GeneratorTests {
    /// Runs the generator on one file.
    ///
    /// - Returns: what it wrote, by file name, or what it said and its exit code.
    private func generate(_ yaml: String, name: String = "contract") throws -> (
        files: [String: String], message: String, code: Int32
    ) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "contracts-\(UUID().uuidString)")
        let output = folder.appending(path: "output")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // The system's folder is emptied anyway.
        let file = folder.appending(path: "\(name).yaml")
        try Data(yaml.utf8).write(to: file)
        let process = Process()
        process.executableURL = Resource.program("ContractsGenerator")
        process.arguments = [output.path, file.path]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let message = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        var files: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: output.path) {
            files[name] = try String(contentsOf: output.appending(path: name), encoding: .utf8)
        }
        let told = String(decoding: message, as: UTF8.self).replacingOccurrences(
            of: folder.path + "/", with: "")
        return (files, told, process.terminationStatus)
    }

    private static let function =
        "blueprint: b\ntitle: t\nhelp: h\nfunctions:\n  f:\n    title: t\n    help: h\n    effect: read\n"

    /// The mistakes that a person can make, and what the generator says, with file, line and column.
    static let mistakes: [(yaml: String, message: String)] = [
        ("", "contract.yaml:1:1: error: the file is empty"),
        ("- a\n", "contract.yaml:1:1: error: a mapping was expected"),
        (
            "something: x\n",
            "contract.yaml:1:1: error: the first key must be one of blueprint, provider, messages"
        ),
        (
            "messages: m\nhelp: h\ntypes:\n  A:\n    fields:\n      a: strin! Help\n",
            "contract.yaml:6:10: error: there is no type strin; a structure must be declared before its use"
        ),
        (
            "messages: m\ntypes:\n  A:\n    fields:\n      a: string!/emial Help\n",
            "contract.yaml:5:10: error: there is no rule emial"
        ),
        (
            "messages: m\ntypes:\n  A:\n    fields:\n      a:\n        type: string\n        rules: ['regex:/[/']\n",
            "contract.yaml:7:17: error: the pattern /[/ is not well formed"
        ),
        (
            "blueprint: b\ntitle: B\nhelp: h\nfunctions:\n  f:\n    title: F\n    help: h\n    effect: read\n"
                + "    unobservable: No one knows\n",
            "contract.yaml:6:5: error: f: unobservable is for verifyFirst and irreversible functions"
        ),
        (
            "messages: m\ntypes:\n  A:\n    fields:\n      a:\n        typ: string\n",
            "contract.yaml:6:14: error: there is no key typ here; known are type, help, rules, default, fields"
        ),
        (
            "messages: m\nrequests:\n  a.b.v1:\n    name: A\n    help: h\n",
            "contract.yaml:4:5: error: a request says its reply"
        ),
        (
            "messages: m\nrequests:\n  a.b.v1:\n    name: A\n    help: h\n    reply: Nothing\n",
            "contract.yaml:4:5: error: there is no type Nothing"
        ),
        (
            "blueprint: b\ntitle: t\nhelp: h\nfunctions:\n  f:\n    title: t\n    help: h\n    effect: sometimes\n",
            "contract.yaml:6:5: error: f: effect or audience is none that is known"
        ),
        (
            "blueprint: b\ntitle: t\nhelp: h\nfunctions:\n  f:\n    title: t\n    help: h\n    effect: read\n    timeout_seconds: 601\n",
            "contract.yaml:6:5: error: f: timeout_seconds is 1 to 600"
        ),
        ("blueprint: b\ntitle: t\nhelp: h\n", "contract.yaml:1:1: error: functions is missing"),
        (
            function + "    keeps: [a]\n",
            "contract.yaml:9:13: error: f: keeps a, which is none of its parameters"
        ),
        (
            function + "    audience: client\n    client_gives: [a]\n",
            "contract.yaml:10:20: error: f: client_gives a, which is none of its parameters"
        ),
        (
            function + "    parameters:\n      a: string A\n    client_gives: [a]\n",
            "contract.yaml:6:5: error: f: client_gives is for functions whose audience is client"
        ),
        (
            function + "    result_kept_seconds: 0\n",
            "contract.yaml:6:5: error: f: result_kept_seconds is 1 to 86400"
        ),
        (function + "    every_seconds: 5\n", "contract.yaml:6:5: error: f: every_seconds is 60 to 86400"),
        (
            function + "business_events:\n  product.paid: g\n",
            "contract.yaml:10:17: error: there is no function g here"
        ),
        (
            function + "business_events:\n  product.paid:\n    undoes: []\n",
            "contract.yaml:11:5: error: product.paid: give one of run and not_done"
        ),
        (
            function + "business_events:\n  product.paid:\n    run: f\n    undoes: [product.lost]\n",
            "contract.yaml:12:14: error: product.paid: there is no event product.lost here"
        ),
        (
            function + "notices:\n  renewed:\n    runs: f\n",
            "contract.yaml:11:11: error: there is no key runs here; known are status, moves_on, run"
        ),
        (
            "messages: m\nmessages: n\n",
            "contract.yaml:1:1: error: a key is there twice in this mapping: messages"
        ),
    ]

    @Test("A mistake is told with its place", arguments: mistakes.indices)
    func mistake(index: Int) throws {
        let (yaml, expected) = Self.mistakes[index]
        let result = try generate(yaml)
        #expect(result.code == 1)
        #expect(result.files.isEmpty)
        #expect(result.message == expected + "\n")
    }

    @Test("What is not YAML is told with its place")
    func notYAML() throws {
        let result = try generate("messages: [\n")
        #expect(result.code == 1)
        #expect(result.message.hasPrefix("contract.yaml:2:1: error: not YAML: "))
    }

    @Test("A good file becomes Swift")
    func good() throws {
        let result = try generate(
            """
            messages: letters
            help: h
            enumerations:
              Color:
                help: What colour it has.
                values: [red, dark-blue]
            types:
              Stamp:
                help: A stamp.
                fields:
                  id: ActionID! Identifier
                  price_mb: number? What it costs
                  colors: Color[]! Its colours
            events:
              letter.sent.v1:
                name: LetterSent
                help: A letter was sent.
                fields:
                  stamp: Stamp What is on it
                  default: string! A word that Swift keeps for itself
            """, name: "my-letters")
        #expect(result.code == 0)
        #expect(result.message.isEmpty)
        let text = try #require(result.files["MyLetters+Contract.swift"])
        for line in [
            "package enum Color: String, Codable, JSONConvertible, Sendable, CaseIterable {",
            "    case darkBlue = \"dark-blue\"",
            "package struct Stamp: Codable, JSONConvertible, Sendable, Equatable {",
            "    package var id: ActionID",
            "    package var priceMB: Double?", "    package var colors: [Color]",
            "package struct LetterSent: MessagePayload, Equatable {",
            "    package static let messageType = \"letter.sent.v1\"", "    package var `default`: String",
            "package enum LettersContract {",
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
    }

    @Test("A provider's file becomes its descriptor and its configuration")
    func provider() throws {
        let result = try generate(
            """
            provider: ip-panel
            category: hosting
            title: IP Panel
            vendor_page: https://example.com/docs
            help: A panel.
            configuration:
              api_url: string!/url Where it is
              api_key: string!/secret Key
              timeout:
                type: integer
                rules: [min:1]
                default: 30
                help: Seconds to wait
            notes:
              create: Takes a minute.
            """, name: "ip")
        #expect(result.message.isEmpty)
        let text = try #require(result.files["Ip+Contract.swift"])
        for part in [
            "package enum HostingIPPanelContract {",
            "package struct Configuration: Codable, JSONConvertible, Sendable, Equatable {",
            "package var apiURL: String", "package var timeout: Int?", "\"default\":30", "\"secret\":true",
            "\"note\":\"Takes a minute.\"",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }
}
