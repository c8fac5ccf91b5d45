import Foundation

/// IPv4 addresses of four decimal numbers and IPv6 addresses, without zone or prefix length.
///
/// - SeeAlso: POSIX `inet_pton`; RFC 4291, section 2.2.
enum InternetAddress {
    static func isAddress(_ text: String) -> Bool { isIPv4(text) || isIPv6(text) }

    static func isIPv4(_ text: String) -> Bool {
        var address = in_addr()
        return text.utf8.count <= 15 && inet_pton(AF_INET, text, &address) == 1
    }

    static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return text.utf8.count <= 45 && inet_pton(AF_INET6, text, &address) == 1
    }
}
