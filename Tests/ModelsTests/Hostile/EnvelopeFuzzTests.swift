import Foundation
import Models
import TestSupport
import Testing

/// Whatever arrives as a message: it is read, or refused with a reason.
@Suite("Hostile messages")
struct EnvelopeFuzzTests {
    /// Reads what arrived as the message that the file is of. What is read is the same when it is written and read again.
    private static func take(_ body: Data, as file: GoldenFile) throws {
        let written: Data
        do {
            written = try quickly(file.path) { try file.roundTrip(body) }
        } catch let error as EnvelopeError {
            guard !error.message.isEmpty, error.message.utf8.count < 1_000 else {
                throw FuzzFailure(description: "The reason has \(error.message.utf8.count) bytes.")
            }
            return
        }
        let again = try file.roundTrip(written)
        // As values: descriptors are written by Foundation, which keeps to no order.
        guard try JSONText.parse(again) == JSONText.parse(written) else {
            throw FuzzFailure(
                description: "Read again it was another: \(String(decoding: body, as: UTF8.self))")
        }
    }

    @Test("Golden envelopes with changed bytes are read or refused")
    func bytes() async throws {
        let files = GoldenFile.all
        let bodies = try files.map { Array(try Resource.data("Golden/\($0.path).json")) }
        try await Fuzz.run("envelopes, bytes", count: 1_500) { generator in
            let index = Int.random(in: 0..<files.count, using: &generator)
            let body = Mutator.json.mutate(bodies[index], with: bodies, using: &generator)
            try Self.take(Data(body), as: files[index])
        }
    }

    @Test("Golden envelopes with other values in them are read or refused")
    func values() async throws {
        let files = GoldenFile.all
        let golden = try files.map { try Resource.json("Golden/\($0.path).json") }
        try await Fuzz.run("envelopes, values", count: 1_500) { generator in
            let index = Int.random(in: 0..<files.count, using: &generator)
            let body = golden[index].mutated(using: &generator)
            try Self.take(Data(body.text), as: files[index])
        }
    }

    @Test("One type's message is refused by all others, and noise by all")
    func strangers() async throws {
        let files = GoldenFile.all
        let bodies = try files.map { try Resource.data("Golden/\($0.path).json") }
        for file in files {
            for (other, body) in zip(files, bodies) where other.type != file.type {
                #expect(throws: EnvelopeError.self) { _ = try file.roundTrip(body) }
            }
        }
        try await Fuzz.run("envelopes, noise", count: 500) { generator in
            let file = files[Int.random(in: 0..<files.count, using: &generator)]
            let noise = Data(Mutator.noise(using: &generator))
            #expect(throws: EnvelopeError.self) { _ = try file.roundTrip(noise) }
        }
    }
}
