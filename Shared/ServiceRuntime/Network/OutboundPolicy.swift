/// Which addresses third parties may have: public ones, and those that the operator allows.
///
/// Host names of configurations and webhooks are given by people, and a name can lead anywhere: to this host, to a
/// database beside it, to the cloud's metadata service at 169.254.169.254. So what a name leads to is held against this.
///
/// - SeeAlso: RFC 6890, and the IANA registries of special-purpose addresses that it set up.
package struct OutboundPolicy: Sendable, Equatable {
    /// The environment variable that allows ranges.
    package static let variable = "PURSER_OUTBOUND_ALLOW"

    private let allowed: [AddressRange]

    /// - Parameter allowed: what is allowed besides public addresses.
    package init(allowing allowed: [AddressRange]) {
        self.allowed = allowed
    }

    /// Nothing but public addresses.
    package static let publicOnly = OutboundPolicy(allowing: [])

    /// What keeps an address from being connected to, as in `is private (RFC 1918)`; nil where it may be.
    package func refusal(of address: NetworkAddress) -> String? {
        let embedded = address.embedded
        if allowed.contains(where: { range in
            range.contains(address) || embedded.map { range.contains($0) } ?? false
        }) {
            return nil
        }
        if let embedded { return Self.purpose(of: embedded) }
        return Self.purpose(of: address)
    }

    /// What an address is for, where it is not a public one.
    private static func purpose(of address: NetworkAddress) -> String? {
        if let special = special.first(where: { $0.range.contains(address) }) { return special.purpose }
        guard address.bytes.count == 16, let unicast, !unicast.contains(address) else { return nil }
        return "is outside of what is assigned (RFC 4291)"
    }

    /// Global unicast: all that is assigned of IPv6.
    private static let unicast = AddressRange("2000::/3")

    private static let special: [(range: AddressRange, purpose: String)] = [
        ("0.0.0.0/8", "is unspecified (RFC 791)"),
        ("10.0.0.0/8", "is private (RFC 1918)"),
        ("100.64.0.0/10", "is shared behind a carrier's NAT (RFC 6598)"),
        ("127.0.0.0/8", "is this host's own (RFC 1122)"),
        ("169.254.0.0/16", "is link-local (RFC 3927)"),
        ("172.16.0.0/12", "is private (RFC 1918)"),
        ("192.0.0.0/24", "is for protocols (RFC 6890)"),
        ("192.0.2.0/24", "is for documentation (RFC 5737)"),
        ("192.88.99.0/24", "is of 6to4 relays (RFC 7526)"),
        ("192.168.0.0/16", "is private (RFC 1918)"),
        ("198.18.0.0/15", "is for benchmarks (RFC 2544)"),
        ("198.51.100.0/24", "is for documentation (RFC 5737)"),
        ("203.0.113.0/24", "is for documentation (RFC 5737)"),
        ("224.0.0.0/4", "is for multicast (RFC 5771)"),
        ("240.0.0.0/4", "is reserved (RFC 1112)"),
        ("::/128", "is unspecified (RFC 4291)"),
        ("::1/128", "is this host's own (RFC 4291)"),
        ("::/96", "stands for an IPv4 address in a way that is given up (RFC 4291)"),
        ("64:ff9b:1::/48", "is of a local NAT64 (RFC 8215)"),
        ("100::/64", "is discarded (RFC 6666)"),
        ("2001::/23", "is for protocols (RFC 2928)"),
        ("2001:db8::/32", "is for documentation (RFC 3849)"),
        ("2002::/16", "is of 6to4 (RFC 7526)"),
        ("3fff::/20", "is for documentation (RFC 9637)"),
        ("5f00::/16", "is of segment routing (RFC 9602)"),
        ("fc00::/7", "is private (RFC 4193)"),
        ("fe80::/10", "is link-local (RFC 4291)"),
        ("fec0::/10", "is site-local (RFC 3879)"),
        ("ff00::/8", "is for multicast (RFC 4291)"),
    ].compactMap { text, purpose in AddressRange(text).map { (range: $0, purpose: purpose) } }
}
