import Bus
import Foundation
import HTTPTypes
import Models
import NIOCore
import Testing
import TestSupport

@testable import Gateway

/// The gateway looks into messages without reading them whole: what it sees there has to be what a reader sees.
@Suite struct ScannerFuzzTests {
    private static let names: [StaticString] = [
        "id", "state", "data", "action", "sequence", "client_id", "x",
    ]

    private static let samples = [
        #"{"specversion":"1.0","id":"1","type":"action.changed.v1","data":{"sequence":7,"action":{"id":"act_1","state":"queued"}}}"#,
        #" { "x" : "a\"}" , "data":{"x":[1,{"id":"]"}]}, "state":-1.5e3, "action":true,"id":null } "#,
        #"{"client_id":"clt_1","sequence":9223372036854775807,"x":"\ud83d\ude00","data":[]}"#,
    ].map { Array($0.utf8) }

    /// - Returns: whether the text is JSON.
    private static func compare(_ bytes: [UInt8]) throws -> Bool {
        let raw = RawJSON(Data(bytes))
        let found = raw.members(names)
        for member in found.compactMap(\.self) {
            _ = (member.string, member.integer, member.bool, member.mayHaveSealed, member["id"]?.bytes.count)
        }
        guard let value = try? raw.decoded() else { return false }
        let members = value.objectValue ?? [:]
        for (name, member) in zip(names, found) {
            let expected = members["\(name)"]
            // A name that is written with escapes is not found; services write none.
            if member == nil, expected != nil, bytes.contains(UInt8(ascii: "\\")) { continue }
            guard try member?.decoded() == expected else {
                throw FuzzFailure(description: "\(name) of \(String(decoding: bytes, as: UTF8.self))")
            }
            let text = member?.string
            guard text == nil || text == expected?.stringValue, member?.bool == expected?.boolValue else {
                throw FuzzFailure(description: "\(name) of \(String(decoding: bytes, as: UTF8.self))")
            }
        }
        return true
    }

    @Test func `members are those that a reader finds`() async throws {
        var count = 0
        try await Fuzz.run("members of JSON", count: 4_000) { generator in
            let sample = Self.samples.randomElement(using: &generator) ?? []
            if try Self.compare(Mutator.json.mutate(sample, with: Self.samples, using: &generator)) {
                count += 1
            }
        }
        #expect(count > 100)
    }

    @Test func `looking into values of any kind ends with what they are`() async throws {
        let values = try Self.samples.map { try JSONText.parse(Data($0)) }
        try await Fuzz.run("members of JSON, values", count: 2_000) { generator in
            let value = values.randomElement(using: &generator)?.mutated(using: &generator) ?? .null
            guard try Self.compare(value.text) else { throw FuzzFailure(description: "\(value) is no JSON") }
        }
    }

    @Test func `an event is one event, whatever its data is`() async throws {
        try await Fuzz.run("events of streams", count: 2_000) { generator in
            let sample = Self.samples.randomElement(using: &generator) ?? []
            let data = Mutator.json.mutate(sample, using: &generator)
            var chunk = StreamChunk()
            chunk.add(id: 7, event: "action.changed", data: RawJSON(Data(data)))
            let lines = Array(chunk.bytes.readableBytesView).split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            guard lines.count == 5, lines[3].isEmpty, lines[4].isEmpty, !lines[2].contains(UInt8(ascii: "\r"))
            else {
                throw FuzzFailure(description: String(buffer: chunk.bytes))
            }
        }
    }

    @Test func `a query of any bytes is read or refused`() async throws {
        let query = Array(
            "state=failed&limit=5&cursor=abc&category=hosting&client_id=clt_1&function=getInfo".utf8)
        let pieces = Mutator([
            "&", "=", "%", "%00", "%FF", "%C3%A9", "+", "limit=", "limit=1", "state=", "&&", "#", "?", "é",
        ])
        try await Fuzz.run("queries", count: 3_000) { generator in
            let text = String(decoding: pieces.mutate(query, using: &generator), as: UTF8.self)
            do throws(Problem) {
                let values = try QueryReader.values(text, parameters: Query.actions + Query.page)
                guard values.allSatisfy({ $0.value.stringValue?.utf8.contains(0) != true }) else {
                    throw Problem.internal
                }
            } catch {
                guard error.kind == .invalidFields, !error.errors.isEmpty,
                    error.errors.allSatisfy({ $0.pointer.hasPrefix("/query") })
                else { throw FuzzFailure(description: "\(text): \(error)") }
            }
        }
    }

    @Test func `whatever comes as an event, the gateway goes on`() async throws {
        try await GatewayHarness.run { harness in
            let stream = try await harness.stream("/v1/events/stream")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await stream.run() }
                try await stream.text.wait(for: "connected")
                var generator = SeededGenerator(seed: Fuzz.seed)
                for _ in 0..<500 {
                    let sample = Self.samples.randomElement(using: &generator) ?? []
                    let body = Mutator.json.mutate(sample, with: Self.samples, using: &generator)
                    for topic in GatewayFeed.topics.prefix(4) {
                        try await harness.bus.publish(
                            .init(id: "m", type: "\(topic).v1", body: Data(body)), to: .event(topic))
                    }
                }
                group.cancelAll()
            }
            #expect(try await harness.call(.get, "/v1/whoami").status == 200)
        }
    }
}
