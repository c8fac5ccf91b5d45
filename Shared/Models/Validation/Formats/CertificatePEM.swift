import Foundation

/// X.509 certificates in PEM form. Looks at the structure: the first certificate's base64 decodes to one DER sequence
/// whose length is that of the data. Text before and after it is let through, as other readers do.
///
/// - SeeAlso: RFC 7468, sections 2 and 5; X.690, section 8.1.3 (lengths).
enum CertificatePEM {
    static func isCertificate(_ text: String) -> Bool {
        guard let begin = text.range(of: "-----BEGIN CERTIFICATE-----"),
            let end = text.range(of: "-----END CERTIFICATE-----", range: begin.upperBound..<text.endIndex)
        else { return false }
        let body = text[begin.upperBound..<end.lowerBound].utf8.filter {
            $0 != 10 && $0 != 13 && $0 != 32 && $0 != 9
        }
        guard let der = Data(base64Encoded: Data(body)) else { return false }
        return isSequence([UInt8](der))
    }

    private static func isSequence(_ der: [UInt8]) -> Bool {
        guard der.count > 2, der[0] == 0x30 else { return false }
        let first = Int(der[1])
        if first < 0x80 { return der.count == 2 + first }
        let lengthBytes = first & 0x7f
        guard (1...4).contains(lengthBytes), der.count > 2 + lengthBytes else { return false }
        let length = der[2..<(2 + lengthBytes)].reduce(0) { $0 << 8 | Int($1) }
        return der.count == 2 + lengthBytes + length
    }
}
