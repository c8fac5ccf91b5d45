import Foundation

/// Finds many sequences of bytes at once: what it looks through is passed over once, in steps of almost the shortest
/// sequence's length, however many there are.
///
/// - SeeAlso: S. Wu, U. Manber: A Fast Algorithm for Multi-Pattern Searching, University of Arizona TR-94-17.
struct ByteSearch: Sendable {
    /// How many bytes are looked at to know how far to go on.
    private static let block = 3
    private static let hashes = 1 << 16

    private let patterns: [[UInt8]]
    /// Of each pattern so many bytes, from its beginning, are what is moved over the text.
    private let window: Int
    /// How far the window may move when a block of this hash is at its end; 0 where some pattern's window ends with it.
    private let steps: [UInt8]
    /// Those patterns.
    private let candidates: [Int: [Int]]

    /// - Parameter patterns: 3 bytes each at least.
    init(_ patterns: [[UInt8]]) {
        self.patterns = patterns
        let window = min(patterns.map(\.count).min() ?? Self.block, Int(UInt8.max))
        self.window = window
        var steps = [UInt8](repeating: UInt8(max(1, window - Self.block + 1)), count: Self.hashes)
        var candidates: [Int: [Int]] = [:]
        for (index, pattern) in patterns.enumerated() where window >= Self.block {
            for end in (Self.block - 1)..<window {
                let hash = Self.hash(pattern[end - 2], pattern[end - 1], pattern[end])
                steps[hash] = min(steps[hash], UInt8(window - 1 - end))
                if end == window - 1 { candidates[hash, default: []].append(index) }
            }
        }
        self.steps = steps
        self.candidates = candidates
    }

    /// Where each pattern that is there stands first, by its number.
    func firstPlaces(in bytes: UnsafeRawBufferPointer) -> [Int: Int] {
        guard let base = bytes.baseAddress, bytes.count >= window, !patterns.isEmpty else { return [:] }
        var places: [Int: Int] = [:]
        steps.withUnsafeBufferPointer { steps in
            var end = window - 1
            while end < bytes.count {
                let hash = Self.hash(bytes[end - 2], bytes[end - 1], bytes[end])
                let step = Int(steps[hash])
                if step > 0 {
                    end += step
                    continue
                }
                let start = end - (window - 1)
                for index in candidates[hash] ?? [] where places[index] == nil {
                    let pattern = patterns[index]
                    if start + pattern.count <= bytes.count, memcmp(base + start, pattern, pattern.count) == 0
                    {
                        places[index] = start
                    }
                }
                end += 1
            }
        }
        return places
    }

    private static func hash(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
        Int(first) << 8 ^ Int(second) << 4 ^ Int(third)
    }
}
