import Models

/// What of a product, and of what its functions answer, its client is shown, in the client's words. What is not named here
/// is not shown: it may name the provider.
enum ClientFacts {
    private static let labels: [(key: String, label: String)] = [
        ("domain", "Domain"), ("domain_name", "Domain"), ("hostname", "Host name"), ("username", "Username"),
        ("ip", "IP address"), ("ip_address", "IP address"), ("package_name", "Plan"), ("plan", "Plan"),
        ("size", "Size"), ("memory_mb", "Memory in MB"), ("cpu_cores", "Processor cores"),
        ("disk_mb", "Disk in MB"), ("image", "Operating system"), ("state", "State"),
        ("nameservers", "Nameservers"), ("ns", "Nameservers"), ("expires_at", "Expires"),
        ("expiry_date", "Expires"), ("locked", "Locked against transfer"), ("auto_renew", "Renews by itself"),
        ("whois_privacy", "Registration data hidden"), ("seat_count", "Seats"),
        ("seat_count_used", "Seats in use"),
        ("site_count", "Sites"), ("storage_used", "Storage in use"), ("is_published", "Published"),
        ("has_ssl", "Encrypted (TLS)"), ("suspended", "Suspended"), ("suspend_reason", "Why"),
        ("status", "Status"), ("icann_verification_status", "Verification"), ("units_consumed", "In use"),
        ("verification_deadline", "Verify until"), ("command", "Command"), ("epp_code", "Transfer code"),
        ("license_key", "Licence key"), ("password", "Password"), ("token", "Sign-in code"),
        ("message", "Note"),
    ]

    /// What is known of a product.
    static func details(_ fields: [String: JSONValue]) -> [JSONValue] {
        var fields = fields.filter { !isMasked($0.value) }
        if fields["domain"] == nil, let sld = fields["sld"]?.stringValue, let tld = fields["tld"]?.stringValue
        {
            fields["domain"] = .string("\(sld).\(tld)")
        }
        return rows(fields)
    }

    /// What a function answered.
    static func rows(_ fields: [String: JSONValue]) -> [JSONValue] {
        labels.compactMap { key, label in
            guard let value = fields[key], value != .null, let text = text(value, of: key), !text.isEmpty
            else {
                return nil
            }
            return ["name": .string(label), "value": .string(text), "is_link": false]
        }
    }

    /// How to reach a server's screen, where that is what was answered.
    static func screen(_ fields: [String: JSONValue]) -> [JSONValue] {
        let parts = [
            ("host", "Host of the screen"), ("port", "Port"), ("username", "Username"),
            ("password", "Password"),
            ("websocket_url", "Address for a viewer in the browser"),
        ]
        return parts.compactMap { key, label in
            guard let value = fields["vnc_connection"]?[key], value != .null else { return nil }
            return ["name": .string(label), "value": .string(ShownValue.text(value)), "is_link": false]
        }
    }

    /// Where an answer leads: ways to sign in.
    static func links(_ fields: [String: JSONValue]) -> [JSONValue] {
        fields.sorted { $0.key < $1.key }.compactMap { key, value in
            guard key.hasSuffix("url"), let text = value.stringValue,
                text.hasPrefix("https://") || text.hasPrefix("http://")
            else { return nil }
            return ["href": .string(text)]
        }
    }

    private static func isMasked(_ value: JSONValue) -> Bool { value.stringValue == Secret.mask }

    private static func text(_ value: JSONValue, of key: String) -> String? {
        switch value {
        case .string(let text): key == "expires_at" || key == "expiry_date" ? String(text.prefix(10)) : text
        case .array(let elements): elements.compactMap(\.stringValue).joined(separator: ", ")
        // Nameservers, each an object with its host.
        case .object(let members):
            members.sorted { $0.key < $1.key }.compactMap { $0.value["host"]?.stringValue }
                .joined(separator: ", ")
        case .bool, .integer, .number: ShownValue.text(value)
        case .null: nil
        }
    }

    // MARK: Usage

    private static let units: [(key: String, label: String)] = [
        ("disk_mb", "Disk space in MB"), ("bandwidth_mb", "Traffic this month in MB"), ("inodes", "Files"),
        ("websites", "Sites"), ("mailboxes", "Mailboxes"), ("sub_accounts", "Accounts"),
    ]

    /// How much of what is used, with a bar where there is a limit.
    static func usage(_ data: [String: JSONValue]) -> [JSONValue] {
        units.compactMap { key, label in
            guard let entry = data[key], let used = number(entry["used"]) else { return nil }
            let limit = number(entry["limit"])
            let part = limit.map { $0 > 0 ? min(1, max(0, used / $0)) : 0 }
            return [
                "label": .string(label), "used": .string(short(used)),
                "limit": limit.map { .string(short($0)) } ?? .null,
                "percent": part.map { .integer(Int(($0 * 100).rounded())) } ?? .null,
                "has_bar": .bool(part != nil),
                "tone": .string((part ?? 0) >= 0.95 ? "bad" : (part ?? 0) >= 0.8 ? "warn" : ""),
            ]
        }
    }

    private static func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    private static func short(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15
            ? String(Int(number)) : String((number * 10).rounded() / 10)
    }
}
