import AdapterKit
import Foundation
import Testing

@Suite("Frames with four bytes of length")
struct FrameReaderTests {
    @Test("A frame is written with its length, which counts itself")
    func writing() {
        #expect(Array(FrameReader.write(Data("abc".utf8))) == [0, 0, 0, 7, 97, 98, 99])
    }

    @Test("Frames are told apart, however the bytes come", arguments: 1...24)
    func pieces(size: Int) throws {
        let frames = ["a", "bcd", String(repeating: "e", count: 300)].map { Data($0.utf8) }
        let bytes = frames.flatMap { FrameReader.write($0) }
        var reader = FrameReader(limit: 300)
        var found: [Data] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            found += try reader.read(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(found == frames)
    }

    @Test(
        "A length that cannot be, or is above the limit, ends it",
        arguments: [
            ([0, 0, 0, 0], "length 0"), ([0, 0, 0, 3], "length 3"), ([0, 0, 0, 4], "length 4"),
            ([0, 0, 1, 49], "longer than 300"), ([255, 255, 255, 255], "longer than 300"),
            (Array("HTTP/1.1 400".utf8), "longer than 300"),
        ] as [([UInt8], String)])
    func badLength(bytes: [UInt8], problem: String) {
        var reader = FrameReader(limit: 300)
        let failure = #expect(throws: FrameFailure.self) { try reader.read(bytes) }
        #expect(failure?.problem.contains(problem) == true)
        #expect(failure?.kind == .lost)
    }

    @Test("What came before a bad length is still given")
    func limit() throws {
        var reader = FrameReader(limit: 300)
        #expect(try reader.read([0, 0, 1, 48]).isEmpty)
        #expect(try reader.read(Array(repeating: 120, count: 300)).map(\.count) == [300])
    }
}
