/// Finds members of an object in JSON text without reading values.
struct JSONScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Where the values of these members are; nil for each that is not there.
    mutating func members(_ names: [StaticString]) -> [Range<Int>?] {
        var found = [Range<Int>?](repeating: nil, count: names.count)
        var missing = names.count
        skipSpace()
        guard byte == UInt8(ascii: "{") else { return found }
        index += 1
        skipSpace()
        while missing > 0, byte == UInt8(ascii: "\"") {
            let nameStart = index + 1
            skipString()
            let name = bytes[min(nameStart, bytes.count)..<max(min(nameStart, bytes.count), index - 1)]
            skipSpace()
            guard byte == UInt8(ascii: ":") else { return found }
            index += 1
            skipSpace()
            let start = index
            skipValue()
            if let position = names.firstIndex(where: { Self.isEqual($0, name) }), found[position] == nil {
                found[position] = start..<index
                missing -= 1
            }
            skipSpace()
            guard byte == UInt8(ascii: ",") else { return found }
            index += 1
            skipSpace()
        }
        return found
    }

    private static func isEqual(_ name: StaticString, _ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        bytes.count == name.utf8CodeUnitCount
            && bytes.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func skipString() {
        index += 1
        while index < bytes.count {
            let byte = bytes[index]
            index += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return }
        }
        index = bytes.count
    }

    private mutating func skipValue() {
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                skipString()
                if depth == 0 { return }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                index += 1
                if depth == 0 { return }
            case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09:
                if depth == 0 { return }
                index += 1
            default: index += 1
            }
        }
    }

    /// Whether the text is somewhere in the bytes.
    static func find(_ text: StaticString, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard let first = wanted.first, bytes.count >= wanted.count else { return false }
        var index = 0
        while index <= bytes.count - wanted.count {
            if bytes[index] == first, bytes[index..<index + wanted.count].elementsEqual(wanted) {
                return true
            }
            index += 1
        }
        return false
    }
}
