import Foundation
import Models

/// A form that a function answered: the client's browser sends it to the site where it signs them in, which is not ours.
struct ForeignForm: Sendable, Equatable {
    /// Where it is sent.
    let address: String
    /// That site as policies write it: scheme, host, and port where there is one.
    let origin: String
    /// Its fields by name.
    let fields: [String: String]

    /// Nil where the result is no form, or one that is sent to no site.
    init?(_ result: [String: JSONValue]) {
        let form = result["form_post"]
        guard let fields = (form?["params"] ?? result["post_fields"])?.objectValue, !fields.isEmpty,
            let address = (form?["url"] ?? result["login_url"])?.stringValue,
            let origin = Self.origin(of: address)
        else { return nil }
        self.address = address
        self.origin = origin
        self.fields = fields.mapValues { ShownValue.plain($0) }
    }

    /// Only what has no sign of its own in a header or a policy: a host of letters, digits, points and hyphens.
    private static func origin(of address: String) -> String? {
        guard let parts = URLComponents(string: address), let scheme = parts.scheme?.lowercased(),
            scheme == "https" || scheme == "http", parts.user == nil, parts.password == nil,
            let host = parts.host, !host.isEmpty,
            host.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            })
        else { return nil }
        return "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    }
}
