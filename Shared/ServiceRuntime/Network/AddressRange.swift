import Foundation

/// A range of internet addresses in CIDR form, as in `10.0.0.0/8` or `fd00::/8`; a single address is a range of one.
///
/// - SeeAlso: RFC 4632, section 3.1; RFC 4291, section 2.3.
package struct AddressRange: Sendable, Equatable, CustomStringConvertible {
    private let first: NetworkAddress
    private let prefixLength: Int

    /// Reads a range; nil where it is none, or where its address has bits behind the prefix.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = NetworkAddress(String(parts[0])), parts.count <= 2 else { return nil }
        let all = address.bytes.count * 8
        if parts.count == 2 {
            guard let length = Int(parts[1]), (0...all).contains(length),
                parts[1].allSatisfy(\.isNumber)
            else { return nil }
            prefixLength = length
        } else {
            prefixLength = all
        }
        first = address
        guard (prefixLength..<all).allSatisfy({ !address.bit($0) }) else { return nil }
    }

    package func contains(_ address: NetworkAddress) -> Bool {
        address.bytes.count == first.bytes.count
            && (0..<prefixLength).allSatisfy { address.bit($0) == first.bit($0) }
    }

    /// Whether an address is in it. An IPv4 address in IPv6 form counts as IPv4; what is no address is in none.
    package func contains(_ text: String) -> Bool {
        guard let address = NetworkAddress(text) else { return false }
        return contains(address.mapped ?? address)
    }

    package var description: String { "\(first)/\(prefixLength)" }

    /// This host's own addresses, for tests and for what runs beside Purser.
    package static let loopback = ["127.0.0.0/8", "::1"].compactMap(AddressRange.init)
}

/// An internet address: 4 bytes, or 16.
package struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// - Parameter bytes: 4 or 16.
    package init?(bytes: [UInt8]) {
        guard [4, 16].contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// Reads an address as `inet_pton` does; the zone of an IPv6 address is left out.
    package init?(_ text: String) {
        var four = in_addr()
        var sixteen = in6_addr()
        let text = text.contains(":") ? String(text.prefix { $0 != "%" }) : text
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
            bytes = withUnsafeBytes(of: sixteen) { Array($0) }
        } else {
            return nil
        }
    }

    /// The IPv4 address that an IPv6 one is another form of (`::ffff:0:0/96`).
    ///
    /// - SeeAlso: RFC 4291, section 2.5.5.2.
    package var mapped: NetworkAddress? {
        embedded(behind: Array(repeating: 0, count: 10) + [0xFF, 0xFF])
    }

    /// The IPv4 address that an IPv6 one stands for: mapped, or behind NAT64 (`64:ff9b::/96`).
    ///
    /// - SeeAlso: RFC 6052, section 2.1.
    package var embedded: NetworkAddress? {
        mapped ?? embedded(behind: [0x00, 0x64, 0xFF, 0x9B] + Array(repeating: 0, count: 8))
    }

    private func embedded(behind prefix: [UInt8]) -> NetworkAddress? {
        guard bytes.count == 16, bytes.starts(with: prefix) else { return nil }
        return NetworkAddress(bytes: Array(bytes.suffix(4)))
    }

    func bit(_ index: Int) -> Bool { bytes[index / 8] >> UInt8(7 - index % 8) & 1 == 1 }

    package var description: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2)
            .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}
