import Foundation
import ServiceRuntime

/// Where a webhook may be.
struct WebhookAddress: Sendable {
    /// Whether `http` is allowed on other hosts than this one (`PURSER_WEBHOOK_HTTP`).
    let allowsHTTP: Bool
    /// Which addresses it may have; what a name leads to is looked at whenever something is sent.
    let outbound: OutboundPolicy

    /// What is wrong with an address; nil where nothing is.
    func problem(_ text: String) -> String? {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let host = parts.encodedHost?.lowercased(), !host.isEmpty
        else { return "must be an address such as https://example.com/purser" }
        guard parts.user == nil, parts.password == nil else {
            return "must not have a user or password in it; deliveries are signed"
        }
        guard parts.fragment == nil else { return "must not have a fragment" }
        let address = NetworkAddress(host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")))
        if let reason = address.flatMap({ outbound.refusal(of: $0) }) {
            return "\(reason); the operator can allow its range with \(OutboundPolicy.variable)"
        }
        switch scheme {
        case "https": return nil
        case "http" where allowsHTTP || Self.isLoopback(host): return nil
        case "http":
            return "must be https; http is only for this host, or where PURSER_WEBHOOK_HTTP is 1"
        default: return "must be https"
        }
    }

    /// Whether a host is this one: `localhost`, `127.0.0.0/8`, or `::1`.
    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
