import Models

/// The name under which a domain is looked for: in its ASCII form and in small letters.
enum DomainKey {
    /// The domain that fields or parameters speak of, by `domain`, or by `sld` and `tld`; nil where they speak of none.
    static func of(_ fields: [String: JSONValue]) -> String? {
        if let name = fields["domain"]?.stringValue, !name.isEmpty { return key(name) }
        guard let sld = fields["sld"]?.stringValue, let tld = fields["tld"]?.stringValue, !sld.isEmpty,
            !tld.isEmpty
        else { return nil }
        return key("\(sld).\(tld)")
    }

    /// A name as functions take it: up to the first dot, and behind it.
    static func parts(of name: String) -> [String: JSONValue] {
        guard let dot = name.firstIndex(of: ".") else { return [:] }
        return [
            "sld": .string(String(name[..<dot])), "tld": .string(String(name[name.index(after: dot)...])),
        ]
    }

    static func key(_ name: String) -> String {
        let name = name.hasSuffix(".") ? String(name.dropLast()) : name
        return InternationalName.ascii(name) ?? name.lowercased()
    }
}
