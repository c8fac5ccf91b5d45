import AdapterKit
import Models

/// What the registry publishes so that a domain's signatures can be checked.
///
/// - SeeAlso: RFC 5910, section 4.1; RFC 4034, section 5.
struct EPPDelegationSigner: Sendable, Equatable {
    var keyTag: Int
    var algorithm: Int
    var digestType: Int
    /// In hexadecimal digits.
    var digest: String

    private static let schema = EPPSchema.secDNS

    init(keyTag: Int, algorithm: Int, digestType: Int, digest: String) {
        self.keyTag = keyTag
        self.algorithm = algorithm
        self.digestType = digestType
        self.digest = digest
    }

    /// Reads one from `additional_fields`: an object of `key_tag`, `algorithm`, `digest_type` and `digest`.
    init?(_ value: JSONValue) {
        func number(_ name: String, upTo limit: Double) -> Int? {
            guard let number = value[name]?.lenientNumber, (0...limit).contains(number),
                number == number.rounded()
            else { return nil }
            return Int(number)
        }
        guard let keyTag = number("key_tag", upTo: 65_535), let algorithm = number("algorithm", upTo: 255),
            let digestType = number("digest_type", upTo: 255), let digest = value["digest"]?.stringValue,
            !digest.isEmpty, digest.count.isMultiple(of: 2), digest.allSatisfy(\.isHexDigit)
        else { return nil }
        self.init(keyTag: keyTag, algorithm: algorithm, digestType: digestType, digest: digest)
    }

    private var element: XMLValue {
        Self.schema.element(
            "dsData",
            [
                Self.schema.text("keyTag", String(keyTag)), Self.schema.text("alg", String(algorithm)),
                Self.schema.text("digestType", String(digestType)),
                Self.schema.text("digest", digest.uppercased()),
            ])
    }

    /// The extension of the command that registers a domain. RFC 5910, section 5.2.1.
    static func creation(_ signers: [EPPDelegationSigner]) -> XMLValue {
        schema.root("create", signers.map(\.element))
    }

    /// The extension of the command that changes a domain: takes all away first. RFC 5910, section 5.2.5.
    static func replacement(_ signers: [EPPDelegationSigner]) -> XMLValue {
        schema.root(
            "update",
            [schema.element("rem", [schema.text("all", "true")])]
                + (signers.isEmpty ? [] : [schema.element("add", signers.map(\.element))]))
    }

    /// Those that an answer about a domain tells. RFC 5910, section 5.1.2.
    static func all(in response: EPPResponse) -> [EPPDelegationSigner] {
        response.extended("infData", of: schema)?.all("dsData").compactMap { data in
            guard let keyTag = data["keyTag"]?.content.flatMap({ Int($0) }),
                let algorithm = data["alg"]?.content.flatMap({ Int($0) }),
                let digestType = data["digestType"]?.content.flatMap({ Int($0) }),
                let digest = data["digest"]?.content
            else { return nil }
            return EPPDelegationSigner(
                keyTag: keyTag, algorithm: algorithm, digestType: digestType, digest: digest)
        } ?? []
    }
}
