import AdapterKit

/// A namespace of EPP with the prefix that our frames use for it.
struct EPPSchema: Sendable, Hashable {
    let prefix: String
    let uri: String

    /// The protocol itself; our frames have it as the namespace without a prefix. RFC 5730.
    static let epp = "urn:ietf:params:xml:ns:epp-1.0"
    /// RFC 5731
    static let domain = EPPSchema(prefix: "domain", uri: "urn:ietf:params:xml:ns:domain-1.0")
    /// RFC 5732
    static let host = EPPSchema(prefix: "host", uri: "urn:ietf:params:xml:ns:host-1.0")
    /// RFC 5733
    static let contact = EPPSchema(prefix: "contact", uri: "urn:ietf:params:xml:ns:contact-1.0")
    /// RFC 5910
    static let secDNS = EPPSchema(prefix: "secDNS", uri: "urn:ietf:params:xml:ns:secDNS-1.1")
    /// RFC 3915
    static let gracePeriod = EPPSchema(prefix: "rgp", uri: "urn:ietf:params:xml:ns:rgp-1.0")

    /// An element that declares the namespace for all within it.
    func root(_ name: String, _ children: [XMLValue]) -> XMLValue {
        XMLValue("\(prefix):\(name)", ["xmlns:\(prefix)": uri], children)
    }

    func element(
        _ name: String, _ attributes: KeyValuePairs<String, String>, _ children: [XMLValue] = []
    ) -> XMLValue {
        XMLValue("\(prefix):\(name)", attributes, children)
    }

    func element(_ name: String, _ children: [XMLValue] = []) -> XMLValue { element(name, [:], children) }

    func text(_ name: String, _ attributes: KeyValuePairs<String, String>, _ text: String) -> XMLValue {
        XMLValue("\(prefix):\(name)", attributes, text: text)
    }

    func text(_ name: String, _ text: String) -> XMLValue { self.text(name, [:], text) }

    /// An element with a text, or none.
    func optional(_ name: String, _ text: String?) -> [XMLValue] {
        guard let text, !text.isEmpty else { return [] }
        return [self.text(name, text)]
    }
}
