import Foundation

/// X.509 certificates in PEM form. Looks at the structure of the first one: base64 of a DER sequence of what is signed, an
/// algorithm and a signature, and nothing behind. Text before and after it, such as a key, is let through, as other
/// readers do. Whether the signature and the dates are good is the third party's to judge.
///
/// - SeeAlso: RFC 7468, sections 2 and 5; RFC 5280, section 4.1; X.690, section 10.1 (lengths).
enum CertificatePEM {
    static func isCertificate(_ text: String) -> Bool {
        guard let begin = text.range(of: "-----BEGIN CERTIFICATE-----"),
            let end = text.range(of: "-----END CERTIFICATE-----", range: begin.upperBound..<text.endIndex)
        else { return false }
        let body = text[begin.upperBound..<end.lowerBound].utf8.filter {
            $0 != 10 && $0 != 13 && $0 != 32 && $0 != 9
        }
        guard let der = Data(base64Encoded: Data(body)) else { return false }
        var document = [UInt8](der)[...]
        guard var certificate = content(of: sequence, in: &document), document.isEmpty,
            let signed = content(of: sequence, in: &certificate), !signed.isEmpty,
            let algorithm = content(of: sequence, in: &certificate), !algorithm.isEmpty,
            let signature = content(of: bitString, in: &certificate), signature.count > 1
        else { return false }
        return certificate.isEmpty
    }

    private static let sequence: UInt8 = 0x30
    private static let bitString: UInt8 = 0x03

    /// Takes the next element off, where it has the tag and a length in its shortest form.
    private static func content(of tag: UInt8, in rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard rest.popFirst() == tag, let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7f)
            guard (1...4).contains(count), rest.count >= count else { return nil }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            guard length >= 0x80, count == 1 || length >> (8 * (count - 1)) > 0 else { return nil }
            rest = rest.dropFirst(count)
        }
        guard rest.count >= length else { return nil }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }
}
