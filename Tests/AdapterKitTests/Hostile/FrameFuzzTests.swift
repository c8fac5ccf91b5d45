import AdapterKit
import Foundation
import TestSupport
import Testing

/// Bytes on a connection with lengths before frames.
@Suite("Hostile frames of EPP")
struct FrameFuzzTests {
    private static let limit = 4_096

    @Test("Any bytes, cut anywhere, give the frames that they have, or the connection's end")
    func fuzz() async throws {
        let stream = (0..<4).flatMap { FrameReader.write(Data(repeating: 120, count: $0 * 100 + 1)) }
        let pieces = Mutator([
            "\u{0}\u{0}\u{0}\u{0}", "\u{0}\u{0}\u{0}\u{4}", "\u{0}\u{0}\u{0}\u{5}x",
            "\u{7F}\u{7F}\u{7F}\u{7F}",
        ])
        try await Fuzz.run("frames", count: 3_000) { generator in
            let bytes = pieces.mutate(stream, using: &generator)
            let whole = Self.frames(of: bytes, cutInto: .max)
            let cut = Self.frames(of: bytes, cutInto: .random(in: 1...9, using: &generator))
            // What came before a bad length is only given where it came earlier.
            guard whole.isBroken == cut.isBroken, cut.frames.starts(with: whole.frames) else {
                throw FuzzFailure(description: "\(bytes.count) bytes were cut otherwise")
            }
            guard cut.frames.allSatisfy({ (1...Self.limit).contains($0.count) }) else {
                throw FuzzFailure(description: "\(cut.frames.map(\.count))")
            }
        }
    }

    private static func frames(of bytes: [UInt8], cutInto size: Int) -> (frames: [Data], isBroken: Bool) {
        var reader = FrameReader(limit: limit)
        var frames: [Data] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            do throws(FrameFailure) {
                frames += try reader.read(rest.prefix(size))
            } catch {
                return (frames, true)
            }
            rest = rest.dropFirst(size)
        }
        return (frames, false)
    }

    @Test("A frame that comes byte by byte takes no more time than it is long")
    func drips() throws {
        let bytes = FrameReader.write(Data(repeating: 120, count: 200_000))
        var reader = FrameReader(limit: 1 << 20)
        let count = try quickly("200,000 bytes one by one", within: .seconds(20)) {
            try bytes.reduce(0) { $0 + (try reader.read(CollectionOfOne($1)).count) }
        }
        #expect(count == 1)
    }
}
