import AdapterKit
import AdapterTestSupport
import Foundation
import TestSupport
import Testing

/// XML that is meant to break a reader: it is read or refused, and nothing that it names is fetched or grows.
@Suite("Hostile XML")
struct XMLFuzzTests {
    private static func read(_ text: String) -> Result<XMLValue, XMLValue.ReadingError> {
        Result { () throws(XMLValue.ReadingError) in try XMLValue(document: Data(text.utf8)) }
    }

    @Test(
        "A document that declares something is refused",
        arguments: [
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a/>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY % x SYSTEM \"file:///etc/passwd\"> %x;]><a/>",
            "<!DOCTYPE a [<!ENTITY % x \"<!ENTITY y 'z'>\"> %x;]><a>&y;</a>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"x.gif\" NDATA gif>]><a/>",
            "<!DOCTYPE a [<!ATTLIST a b CDATA \"c\">]><a/>", "<!DOCTYPE a [<!ELEMENT a ANY>]><a/>",
            "<!DOCTYPE a [<!NOTATION gif SYSTEM \"gif\">]><a/>",
        ])
    func declarations(text: String) {
        guard case .failure(let error) = Self.read(text) else {
            Issue.record("It was read: \(text)")
            return
        }
        #expect(error.problem.hasPrefix("declares"), "\(error.problem)")
    }

    @Test("Entities that grow without end do not")
    func growth() throws {
        var laughs = "<!DOCTYPE a [<!ENTITY x0 \"ha\">"
        for level in 1...30 {
            laughs += "<!ENTITY x\(level) \"" + String(repeating: "&x\(level - 1);", count: 10) + "\">"
        }
        laughs += "]><a>&x30;</a>"
        let long = String(repeating: "a", count: 100_000)
        let quadratic =
            "<!DOCTYPE a [<!ENTITY x \"\(long)\">]><a>" + String(repeating: "&x;", count: 20_000) + "</a>"
        let attributes =
            "<!DOCTYPE a [<!ATTLIST b c CDATA \"\(long)\">]><a>" + String(repeating: "<b/>", count: 50_000)
            + "</a>"
        for text in [laughs, quadratic, attributes] {
            let result = try quickly("\(text.prefix(40))") { Self.read(text) }
            #expect(throws: XMLValue.ReadingError.self) { try result.get() }
        }
    }

    @Test(
        "What ends the process of Foundation's parser is refused before",
        arguments: [
            "<?x?><a/>", "<a><?x?></a>", "<a><?x  ?></a>", "<?xml version='1.0'?><?y?><a/>",
            "<!-- <? --><?x?><a/>",
            "<?xml version='1.0' encoding='UTF-7'?><a>+ADw-?x?+AD4-</a>",
            "<?xml version='1.0' encoding='UTF-16'?><a/>",
            "<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>",
            "<!DOCTYPE a SYSTEM \">\" [<!NOTATION b SYSTEM 'c'>]><a/>",
            "<!DOCTYPE a SYSTEM '\">' [<!ELEMENT a ANY>]><a/>",
        ])
    func endings(text: String) {
        #expect(throws: XMLValue.ReadingError.self) { try XMLValue(document: Data(text.utf8)) }
        let utf16 = Data([0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
        #expect(throws: XMLValue.ReadingError.self) { try XMLValue(document: utf16) }
    }

    @Test(
        "Instructions, types and encodings that third parties use are let through",
        arguments: [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>",
            "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
            "<?xml-stylesheet href='x'?><a/>", "<!DOCTYPE a SYSTEM 'ops.dtd'><a/>",
            "\u{FEFF}<?xml version='1.0'?><a/>",
        ])
    func usual(text: String) throws {
        #expect(try XMLValue(document: Data(text.utf8)).name == "a")
    }

    @Test("Nothing that a document names is fetched")
    func fetching() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "secret.txt")
        try Data("CANARY".utf8).write(to: file)
        try await LoopbackServer.with(answer: { _ in .http("200 OK", [], "<!ENTITY y 'CANARY'>") }) {
            server in
            let address = "http://127.0.0.1:\(server.port)/x.dtd"
            let texts = [
                "<!DOCTYPE a SYSTEM \"\(address)\"><a>&y;</a>", "<!DOCTYPE a SYSTEM \"\(address)\"><a/>",
                "<!DOCTYPE a PUBLIC \"-//x//y\" \"\(address)\"><a/>",
                "<!DOCTYPE a [<!ENTITY % x SYSTEM \"\(address)\"> %x;]><a>&y;</a>",
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"\(address)\">]><a>&x;</a>",
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"\(file.absoluteString)\">]><a>&x;</a>",
                "<?xml-stylesheet href=\"\(address)\"?><a/>",
                "<a xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include href=\"\(file.absoluteString)\" parse=\"text\"/></a>",
                "<a xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:a \(address)\"/>",
            ]
            for text in texts {
                if case .success(let value) = Self.read(text) { #expect(!"\(value)".contains("CANARY")) }
            }
            // An answer may name its type, as one registry's do.
            #expect(throws: Never.self) { try XMLValue(document: Data(texts[1].utf8)) }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("A megabyte of anything is read or refused at once")
    func large() throws {
        func many(_ text: String, _ count: Int = 1 << 20) -> String {
            String(repeating: text, count: count / text.utf8.count)
        }
        let texts = [
            many("<a>"), many("<"), "<a>" + many("<b/>") + "</a>", "<a>" + many("&amp;") + "</a>",
            "<a>" + many("x") + "</a>",
            "<a " + many("b") + "='1'/>", "<a b='" + many("c") + "'/>",
            "<a>" + many("<![CDATA[x]]>") + "</a>",
            "<a>" + many("<!--x-->") + "</a>", "<a>" + many("&#65;") + "</a>", many("<?x y?>") + "<a/>",
            "<" + many("a") + "/>",
            "<a>" + many("]") + "</a>", "<a>" + many("\r\n") + "</a>",
            "<a " + (0..<20_000).map { "b\($0)='c'" }.joined(separator: " ") + "/>",
            "<a " + (0..<5_000).map { "xmlns:n\($0)='urn:n\($0)'" }.joined(separator: " ") + "/>",
        ]
        for text in texts {
            _ = try quickly("\(text.prefix(12))…", within: .seconds(30)) { Self.read(text) }
        }
    }

    @Test("Elements lie within each other to a limit, whatever lies beside them")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        _ = try XMLValue(document: Data(nested(XMLValue.depthLimit).utf8))
        for depth in [XMLValue.depthLimit + 1, 300, 100_000] {
            #expect(throws: XMLValue.ReadingError.self) { try XMLValue(document: Data(nested(depth).utf8)) }
        }
    }

    private static let samples = [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a xmlns=\"urn:a\" b=\"c\"><d>text &amp; more</d><e/><!-- x --></a>",
        "<x:a xmlns:x=\"urn:x\" x:b='1'><![CDATA[ <raw> ]]><x:c>é漢🧾</x:c></x:a>",
        "<!DOCTYPE OPS_envelope SYSTEM \"ops.dtd\"><OPS_envelope><header><version>0.9</version></header></OPS_envelope>",
        "<a><b><c><d><e>1</e><e>2</e></d></c></b></a>",
    ].map { Array($0.utf8) }

    @Test("Documents with changed bytes are read or refused, and written as they were read")
    func fuzz() async throws {
        try await Fuzz.run("XML", count: 3_000) { generator in
            let sample = Self.samples.randomElement(using: &generator) ?? []
            let bytes = Data(Mutator.xml.mutate(sample, with: Self.samples, using: &generator))
            let result = try quickly("XML") {
                Result { () throws(XMLValue.ReadingError) in try XMLValue(document: bytes) }
            }
            // What was read with its namespaces is not written with them here.
            guard case .success(let value) = result, !value.hasPrefixes else { return }
            guard let again = try? XMLValue(document: Data(value.plain.document.utf8)),
                again.plain == value.plain
            else { throw FuzzFailure(description: "written otherwise: \(value)") }
        }
    }

    @Test("A name that is no text is refused", arguments: ["", "<?xml version=\"1.0\" encoding=\"x\"?>"])
    func noText(declaration: String) {
        let document =
            Data(declaration.utf8) + Data("<a".utf8) + Data([0xC3, 0x28]) + Data(" b=\"1\"/>".utf8)
        #expect(throws: XMLValue.ReadingError.self) { try XMLValue(document: document) }
    }

    @Test("Noise is refused, whatever encoding it says it has")
    func noise() async throws {
        try await Fuzz.run("XML, noise", count: 1_000) { generator in
            let encoding =
                ["UTF-8", "UTF-16", "UTF-32", "ISO-8859-1", "EBCDIC-CP-US", "UTF-7", "x"]
                .randomElement(using: &generator) ?? ""
            let head = "<?xml version=\"1.0\" encoding=\"\(encoding)\"?><a>"
            let bytes = Array(head.utf8) + Mutator.noise(using: &generator) + Array("</a>".utf8)
            _ = try? XMLValue(document: Data(bytes))  // Either is right.
        }
    }
}

extension XMLValue {
    /// Names, texts and children alone: what is left of a document that is written without its namespaces.
    /// Whether a name has a colon, as of a prefix that stands for nothing.
    fileprivate var hasPrefixes: Bool { name.contains(":") || children.contains(where: \.hasPrefixes) }

    fileprivate var plain: XMLValue {
        var value = XMLValue(name, text: content ?? "")
        value.children = children.map(\.plain)
        return value
    }
}
