import Models

extension Domains.Nameservers {
    /// How many nameservers a domain can be shown with: 5.
    static let limit = 5

    /// The first five, in their order.
    init(_ list: [Domains.Nameserver]) {
        func at(_ index: Int) -> Domains.Nameserver? { index < list.count ? list[index] : nil }
        self.init(ns1: at(0), ns2: at(1), ns3: at(2), ns4: at(3), ns5: at(4))
    }

    /// Those that are given, in their order.
    var list: [Domains.Nameserver] { [ns1, ns2, ns3, ns4, ns5].compactMap { $0 } }
}

extension Domains.UpdateNameserversParameters {
    /// Those that are given, in their order.
    var list: [Domains.Nameserver] { [ns1, ns2, ns3, ns4, ns5].compactMap { $0 } }
}

extension Domains.SetGlueRecordParameters {
    /// Those that are given, in their order.
    var addresses: [String] { [ip1, ip2, ip3, ip4].compactMap { $0 } }
}
