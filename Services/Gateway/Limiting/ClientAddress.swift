import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import ServiceRuntime

/// The Internet address that a request comes from.
struct ClientAddress: Sendable, Equatable, CustomStringConvertible {
    let text: String

    /// What limits are counted by: an IPv4 address, or the network of 64 bits that an IPv6 address is in, because whoever
    /// has one address of that has all.
    var network: String {
        guard let address = NetworkAddress(text), address.mapped == nil, address.bytes.count == 16 else {
            return text
        }
        let bytes = address.bytes
        let groups = stride(from: 0, to: 8, by: 2).map { index in
            String(Int(bytes[index]) << 8 | Int(bytes[index + 1]), radix: 16)
        }
        return groups.joined(separator: ":") + "::/64"
    }

    var description: String { text }
}

/// How the gateway is reached: where people see it, and through which proxies.
struct Reach: Sendable {
    /// Without a slash at its end; nil where it is not told.
    let publicURL: String?
    /// Those whose word counts on whom a request comes from.
    let trustedProxies: [AddressRange]

    /// Where a request comes from: the peer of the connection, or whom a trusted proxy names. Each proxy appends its peer to
    /// `X-Forwarded-For`, so that list is read from its end, up to the first address that is no trusted proxy.
    func address(of request: Request, _ channel: any Channel) -> ClientAddress {
        address(request.headers, peer: channel.remoteAddress?.ipAddress ?? "unknown")
    }

    func address(_ headers: HTTPFields, peer: String) -> ClientAddress {
        guard isTrusted(peer), let header = headers[.forwardedFor] else { return ClientAddress(text: peer) }
        var last = peer
        for part in header.split(separator: ",").reversed() {
            let address = part.filter { $0 != " " }
            // What is no address was made up further out.
            guard NetworkAddress(address) != nil else { break }
            last = address
            if !isTrusted(address) { break }
        }
        return ClientAddress(text: last)
    }

    /// Whether the browser speaks TLS with us, or with a proxy before us.
    func isSecure(_ request: Request, _ channel: any Channel) -> Bool {
        isSecure(request.headers, peer: channel.remoteAddress?.ipAddress ?? "unknown")
    }

    func isSecure(_ headers: HTTPFields, peer: String) -> Bool {
        if let publicURL { return publicURL.lowercased().hasPrefix("https:") }
        return isTrusted(peer) && headers[.forwardedProto]?.lowercased() == "https"
    }

    private func isTrusted(_ address: String) -> Bool { trustedProxies.contains { $0.contains(address) } }
}

extension HTTPField.Name {
    static let forwardedFor = constant("X-Forwarded-For")
    static let forwardedProto = constant("X-Forwarded-Proto")
}
