import Foundation
import Models

/// Removes what stands under a name that says it is a secret, whether or not its value is known.
struct NameMasking {
    /// Wire keys of the contract's secret fields, in lower case.
    let names: Set<String>

    private static let telling = [
        "password", "passwd", "passphrase", "secret", "token", "apikey", "accesskey", "privatekey",
        "authcode",
        "eppcode", "authinfo", "credential", "session", "signature", "cookie", "authorization",
    ]
    private static let whole: Set<String> = ["pass", "pw", "newpw", "pwd", "key", "auth", "pin", "otp"]

    func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        if names.contains(name) { return true }
        let plain = name.filter { $0 != "_" && $0 != "-" }
        return Self.whole.contains(plain) || Self.telling.contains { plain.contains($0) }
    }

    func headers(_ headers: [HTTPRequest.Field]) -> String {
        headers.map { "\($0.name): \(isSecret($0.name) ? Secret.mask : $0.value)\n" }.joined()
    }

    func fields(_ fields: [HTTPRequest.Field]) -> [HTTPRequest.Field] {
        fields.map { isSecret($0.name) ? .init($0.name, Secret.mask) : $0 }
    }

    /// Masks texts and numbers only: an object named `session` may be of interest, its secret members are
    /// masked anyway.
    func json(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, value in
                        switch value {
                        case .string, .integer, .number: (name, isSecret(name) ? .string(Secret.mask) : value)
                        default: (name, json(value))
                        }
                    }))
        case .array(let elements): .array(elements.map(json))
        default: value
        }
    }

    /// Masks texts under elements and attributes whose names, apart from a prefix, say that they are secrets; of an
    /// element with others in it, theirs.
    func xml(_ value: XMLValue) -> XMLValue {
        func isTelling(_ name: String) -> Bool { isSecret(String(name.split(separator: ":").last ?? "")) }
        var masked = value
        if isTelling(value.name), value.content != nil { masked.text = Secret.mask }
        for index in masked.attributes.indices where isTelling(masked.attributes[index].name) {
            masked.attributes[index].value = Secret.mask
        }
        masked.children = value.children.map(xml)
        return masked
    }

    /// Text that may be JSON; it stays as it is where nothing in it had to be masked.
    func text(_ text: String) -> String {
        guard let first = text.first(where: { !$0.isWhitespace }), first == "{" || first == "[",
            text.utf8.count <= RecordedExchange.byteLimit * 4,
            let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        else { return text }
        let masked = json(value)
        return masked == value ? text : masked.text
    }
}
