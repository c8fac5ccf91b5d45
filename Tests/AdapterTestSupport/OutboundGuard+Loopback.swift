package import AdapterKit
import ServiceRuntime

extension OutboundGuard {
    /// Lets tests reach their servers, which are on this host.
    package static let loopback = OutboundGuard(OutboundPolicy(allowing: AddressRange.loopback))
}
