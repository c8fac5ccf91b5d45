package import Foundation

/// Cuts what comes in into frames: four bytes of length, highest first and counting themselves, then the content.
///
/// - SeeAlso: RFC 5734, section 4.
package struct FrameReader: Sendable {
    /// Bytes of the length.
    package static let headerLength = 4

    private let limit: Int
    private var pending = Data()

    /// - Parameter limit: bytes that a frame's content may have at most.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes bytes and gives the frames that are whole by now, without their lengths.
    ///
    /// - Throws: `FrameFailure` where a length is impossible or above the limit. What follows cannot be told apart any
    ///   more, so the connection has to be closed.
    package mutating func read(_ bytes: some Collection<UInt8>) throws(FrameFailure) -> [Data] {
        pending.append(contentsOf: bytes)
        var frames: [Data] = []
        var rest = pending[...]
        while rest.count >= Self.headerLength {
            let length = rest.prefix(Self.headerLength).reduce(0) { $0 << 8 | Int($1) }
            guard length > Self.headerLength else {
                throw FrameFailure(.lost, "A frame came with the length \(length).")
            }
            guard length - Self.headerLength <= limit else {
                throw FrameFailure(.lost, "A frame came that is longer than \(limit) bytes.")
            }
            guard rest.count >= length else { break }
            frames.append(Data(rest.prefix(length).dropFirst(Self.headerLength)))
            rest = rest.dropFirst(length)
        }
        if rest.count < pending.count { pending = Data(rest) }
        return frames
    }

    /// The frame as it is sent.
    package static func write(_ frame: Data) -> Data {
        let length = UInt32(frame.count + headerLength)
        return Data([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }) + frame
    }
}
