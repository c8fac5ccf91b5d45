import Foundation
package import NIOCore
import NIOPosix
package import ServiceRuntime

/// Keeps connections to third parties away from addresses that they may not have.
///
/// A host's addresses are looked at before a connection is sought, and the address that was connected to is looked at once
/// more before anything is written: between the two a name may have come to lead elsewhere (DNS rebinding).
package struct OutboundGuard: Sendable {
    /// Finds the addresses of a host's name.
    package typealias Resolver = @Sendable (_ host: String) async throws -> [NetworkAddress]

    private let policy: OutboundPolicy
    private let resolve: Resolver

    /// - Parameter resolve: the system's resolver where not given.
    package init(_ policy: OutboundPolicy, resolve: @escaping Resolver = OutboundGuard.systemAddresses) {
        self.policy = policy
        self.resolve = resolve
    }

    /// Looks at all addresses that a host has now.
    ///
    /// - Parameter host: a name or an address, without brackets.
    /// - Throws: `OutboundRefusal` where one of them may not be connected to; `UnknownHost` where it has none.
    package func check(host: String) async throws {
        if let address = NetworkAddress(host) {
            try check(address)
        } else {
            for address in try await resolve(host) { try check(address) }
        }
    }

    /// Looks at the address that was connected to.
    ///
    /// - Throws: `OutboundRefusal`, also where that is no internet address.
    package func check(_ address: SocketAddress?) throws(OutboundRefusal) {
        guard let found = address?.networkAddress else {
            throw OutboundRefusal(reason: "is no internet address")
        }
        try check(found)
    }

    private func check(_ address: NetworkAddress) throws(OutboundRefusal) {
        if let reason = policy.refusal(of: address) { throw OutboundRefusal(reason: reason) }
    }

    /// The host has no address.
    package struct UnknownHost: Error {
        package init() {}
    }

    /// Asks the system's resolver, on a thread that may wait.
    package static let systemAddresses: Resolver = { host in
        try await NIOThreadPool.singleton.runIfActive {
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var list: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(host, nil, &hints, &list) == 0 else { throw UnknownHost() }
            defer { freeaddrinfo(list) }
            var addresses: [NetworkAddress] = []
            var next = list
            while let entry = next?.pointee {
                if let found = NetworkAddress(entry) { addresses.append(found) }
                next = entry.ai_next
            }
            guard !addresses.isEmpty else { throw UnknownHost() }
            return addresses
        }
    }
}

/// An address that a third party may not have. Its text does not say which it is.
package struct OutboundRefusal: Error, Equatable, CustomStringConvertible {
    /// Why, as in `is private (RFC 1918)`.
    let reason: String

    /// What is wrong and what to do, for staff.
    package var description: String {
        "The host leads to an address that \(reason). If it is meant to, the operator can allow its range with "
            + "\(OutboundPolicy.variable)."
    }
}

extension SocketAddress {
    /// The address without its port; nil where it is of another family.
    fileprivate var networkAddress: NetworkAddress? { ipAddress.flatMap { NetworkAddress($0) } }
}

extension NetworkAddress {
    /// The address of what the resolver found; nil where it is of another family.
    fileprivate init?(_ entry: addrinfo) {
        switch entry.ai_family {
        case AF_INET:
            let address = entry.ai_addr?.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee }
            guard let address else { return nil }
            self.init(bytes: withUnsafeBytes(of: address.sin_addr) { Array($0) })
        case AF_INET6:
            let address = entry.ai_addr?.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { $0.pointee }
            guard let address else { return nil }
            self.init(bytes: withUnsafeBytes(of: address.sin6_addr) { Array($0) })
        default: return nil
        }
    }
}

extension OutboundGuard {
    /// Looks at the address that a channel is connected to, and closes it where it may not be.
    func check(_ channel: any Channel) -> EventLoopFuture<Void> {
        do {
            try check(channel.remoteAddress)
            return channel.eventLoop.makeSucceededVoidFuture()
        } catch {
            // After whoever wanted the connection was told why there is none.
            channel.eventLoop.execute { channel.close(promise: nil) }
            return channel.eventLoop.makeFailedFuture(error)
        }
    }
}
