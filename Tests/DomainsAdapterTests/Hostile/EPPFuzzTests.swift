@testable import DomainsAdapter
import AdapterKit
import AdapterTestSupport
import Foundation
import Models
import TestSupport
import Testing

/// What may come from a registry, or from whoever stands in its place.
@Suite("Hostile frames of registries")
struct EPPFuzzTests {
    /// Every answer of EPP that was recorded.
    private static let recorded = Result { () throws -> [[UInt8]] in
        let folder = Bundle.module.bundleURL.appending(path: "Wire")
        guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else {
            return []
        }
        var answers: [String] = []
        for case let file as URL in files where file.pathExtension == "json" {
            let recording = try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: file))
            for exchange in recording["exchanges"]?.arrayValue ?? []
            where exchange["request"]?["method"] == "EPP" {
                answers += [exchange["response"]?["body"]?.stringValue].compactMap { $0 }
            }
        }
        return Set(answers).sorted().map { Array($0.utf8) }
    }

    /// Reads all that is ever read of a frame.
    private static func take(_ bytes: [UInt8]) throws {
        let frame = try quickly("a frame") {
            Result { () throws(EPPFrame.Problem) in try EPPFrame(Data(bytes)) }
        }
        switch frame {
        case .failure(let problem):
            guard !problem.text.isEmpty else { throw FuzzFailure(description: "a problem without a text") }
        case .success(.greeting(let greeting)):
            let services = EPPServices(
                objects: [EPPSchema.domain.uri], extensions: [], optionalExtensions: greeting.extensions)
            _ = Result { () throws(ProviderError) in try services.chosen(from: greeting) }
        case .success(.response(let response)):
            _ = (response.result, response.isPending, response.endsSession, response.error(isChanging: true))
            _ = Result { () throws(ProviderError) in try EPPDomainInfo(response).isLocked }
            _ = Result { () throws(ProviderError) in try EPPContactInfo(response).contact }
            _ = EPPClient.availabilities(response.data("chkData", of: .domain))
            if let message = EPPMessage(response) { _ = (message.domains, message.news(for: "me")) }
        }
    }

    @Test("Recorded answers with changed bytes are read or refused")
    func fuzz() async throws {
        let recorded = try Self.recorded.get()
        #expect(recorded.count > 20)
        try await Fuzz.run("EPP frames", count: 3_000) { generator in
            let answer = recorded.randomElement(using: &generator) ?? []
            try Self.take(Mutator.xml.mutate(answer, with: recorded, using: &generator))
        }
    }

    @Test("Noise is no frame")
    func noise() async throws {
        try await Fuzz.run("EPP frames, noise", count: 500) { generator in
            try Self.take(Mutator.noise(using: &generator))
        }
    }

    @Test(
        "Numbers and times out of reach are read or left out",
        arguments: [
            "9223372036854775807", "-9223372036854775808", "99999999999999999999", "-1", "", "1e9", "０",
        ])
    func numbers(number: String) throws {
        let text = """
            <epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response><result code="1301"><msg>m</msg></result>\
            <msgQ count="\(number)" id="1"><qDate>\(number)</qDate><msg>Renewed</msg></msgQ></response></epp>
            """
        guard case .response(let response) = try EPPFrame(Data(text.utf8)) else {
            Issue.record("It is no response.")
            return
        }
        let message = try #require(EPPMessage(response))
        #expect(message.date == nil)
        #expect(message.news(for: "me")?.kind == .renewed)
    }

    @Test("A registry that says that it has no end of messages, or less than none, is polled to a limit")
    func queue() async throws {
        for count in [Int.max, .min, -1] {
            let registry = StubRegistry { command in
                command.name == "poll req"
                    ? .message(id: "\(UInt64.random(in: 0 ... .max))", count: count, text: "Nothing of note")
                    : .result(1_000)
            }
            let bench = try EPPBench("nominet", EPPBench.nominet, registry)
            let outcome = await bench.run("poll", ["limit": .integer(.max)])
            #expect(outcome.outcome == .succeeded || outcome.outcome == .failed)
            #expect(registry.names.count <= 2 * 1_000)
        }
    }
}
