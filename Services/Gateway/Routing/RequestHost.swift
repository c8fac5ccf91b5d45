import HTTPTypes

/// The host that a request is for.
enum RequestHost {
    /// Refuses a request that names several hosts, or one that cannot be any: what stands before the gateway could take
    /// another one for it. One that names none has its answer, as HTTP/1.0 has it: a host means nothing here.
    ///
    /// - SeeAlso: RFC 9112, section 3.2; RFC 3986, section 3.2.2.
    static func check(_ head: HTTPRequest) throws(Problem) {
        // The first `Host` has become the authority; the others have stayed headers.
        guard head.headerFields[.furtherHost] == nil else {
            throw Problem(.notOneHost, "Send one header Host.")
        }
        guard head.authority?.utf8.allSatisfy(isAllowed) ?? true else {
            throw Problem(.notOneHost, "The header Host has characters that no host has.")
        }
    }

    /// Whether a byte may stand in a name, an address or a port.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~!$&'()*+,;=:%[]".utf8.contains(byte)
        }
    }
}

extension HTTPField.Name {
    fileprivate static let furtherHost = constant("Host")
}
