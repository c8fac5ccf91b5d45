/// Percent-encoding of paths, queries and forms.
///
/// - SeeAlso: RFC 3986, section 2; the URL Standard, section 5 (application/x-www-form-urlencoded).
package enum PercentEncoding {
    /// Keeps unreserved characters and encodes all others.
    package static func component(_ text: String) -> String {
        encode(text) { isUnreserved($0) }
    }

    /// Keeps what a path may have, with `/` as its separator.
    package static func path(_ text: String) -> String {
        let path = encode(text) { isUnreserved($0) || "/:@!$&'()*+,;=".utf8.contains($0) }
        return path.hasPrefix("/") ? path : "/" + path
    }

    package static func query(_ fields: [HTTPRequest.Field]) -> String {
        fields.map { component($0.name) + "=" + component($0.value) }.joined(separator: "&")
    }

    /// A space is `+` in a form.
    package static func form(_ fields: [HTTPRequest.Field]) -> String {
        query(fields).replacing("%20", with: "+")
    }

    /// Reads a query or form; nil where it is not encoded properly.
    package static func fields(_ text: String) -> [HTTPRequest.Field]? {
        var fields: [HTTPRequest.Field] = []
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(pair[0]), let value = decode(pair.count > 1 ? pair[1] : "") else {
                return nil
            }
            fields.append(.init(name, value))
        }
        return fields
    }

    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
                else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// What a hexadecimal digit stands for.
    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func encode(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isKept(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
