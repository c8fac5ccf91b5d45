/// The sortable part of identifiers.
///
/// - SeeAlso: the ULID specification's canonical form (26 characters of Crockford base 32).
package enum ULID {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let length = 26

    /// - Parameter milliseconds: since 1970, now if not given; 48 bits of it are used.
    package static func make(milliseconds: UInt64 = UInt64(max(0, Timestamp.now.milliseconds))) -> String {
        var generator = SystemRandomNumberGenerator()
        let high = UInt64.random(in: 0...UInt64.max, using: &generator)
        let low = UInt64.random(in: 0...UInt64.max, using: &generator)
        return String(unsafeUninitializedCapacity: length) { buffer in
            for index in 0..<10 {
                buffer[index] = alphabet[Int((milliseconds >> UInt64(45 - 5 * index)) & 31)]
            }
            for index in 0..<8 {
                buffer[10 + index] = alphabet[Int((high >> UInt64(5 * index)) & 31)]
                buffer[18 + index] = alphabet[Int((low >> UInt64(5 * index)) & 31)]
            }
            return length
        }
    }

    /// The milliseconds since 1970 in its first 10 characters; nil where it is not well formed.
    package static func milliseconds(of text: some Collection<UInt8>) -> UInt64? {
        guard isWellFormed(text) else { return nil }
        return text.prefix(10).reduce(0) { value, character in
            value << 5 | UInt64(alphabet.firstIndex(of: character) ?? 0)
        }
    }

    static func isWellFormed(_ text: some Collection<UInt8>) -> Bool {
        text.count == length && text.allSatisfy { alphabet.contains($0) }
    }
}
