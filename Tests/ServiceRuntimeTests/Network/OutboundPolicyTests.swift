import ServiceRuntime
import Testing

@Suite("Addresses that third parties may have")
struct OutboundPolicyTests {
    @Test(
        "What is not public is refused, to the first and last address of each range",
        arguments: [
            "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
            "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255",
            "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.0", "192.0.2.255",
            "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255",
            "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255", "224.0.0.0",
            "239.255.255.255", "240.0.0.0", "255.255.255.255",
            "::", "::1", "::7f00:1", "fc00::", "fd12:3456::1", "fdff:ffff::ffff", "fe80::1", "fe80::1%eth0",
            "febf::1", "fec0::1", "ff02::1", "100::1", "2001::1", "2001:1ff:ffff::1", "2001:db8::1",
            "2002:7f00:1::", "3fff::1", "3fff:fff::1", "5f00::1", "64:ff9b:1::1", "4000::1", "1fff::1",
            "::ffff:127.0.0.1", "::ffff:10.0.0.5", "::ffff:169.254.169.254", "64:ff9b::127.0.0.1",
            "64:ff9b::10.1.2.3", "64:ff9b::c0a8:1",
        ])
    func refused(_ text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(OutboundPolicy.publicOnly.refusal(of: address) != nil)
    }

    @Test(
        "What is public is allowed, also next to what is not",
        arguments: [
            "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
            "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
            "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
            "198.20.0.0", "198.51.99.255", "203.0.112.255", "203.0.114.0", "223.255.255.255",
            "2000::1", "2001:200::1", "2001:db7::1", "2001:db9::1", "2003::1", "2606:4700::1111",
            "3ffe::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
        ])
    func allowed(_ text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(OutboundPolicy.publicOnly.refusal(of: address) == nil)
    }

    @Test("A range that the operator allows is allowed, in every form, and nothing beside it")
    func operatorRanges() throws {
        let ranges = try ["10.1.0.0/16", "fd00:1::/32", "127.0.0.1"].map { try #require(AddressRange($0)) }
        let policy = OutboundPolicy(allowing: ranges)
        for (text, isAllowed) in [
            ("10.1.255.255", true), ("10.2.0.0", false), ("10.0.255.255", false), ("fd00:1::5", true),
            ("fd00:2::5", false), ("127.0.0.1", true), ("127.0.0.2", false), ("::ffff:10.1.2.3", true),
            ("::ffff:10.2.2.3", false), ("64:ff9b::10.1.2.3", true), ("::1", false), ("8.8.8.8", true),
        ] {
            let address = try #require(NetworkAddress(text))
            #expect((policy.refusal(of: address) == nil) == isAllowed, "\(text)")
        }
    }

    @Test(
        "What is no range is none",
        arguments: [
            "", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.1/8", "10.0.0/8", "fd00::/129",
            "fd00::1/8", "example.com", "10.0.0.0/8/8", "10.0.0.0/", "/8", "10.0.0.0/a",
        ])
    func ranges(_ text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test("The configuration takes ranges, and tells what is none")
    func configuration() throws {
        let read = try RuntimeConfiguration.read(
            environment: ["PURSER_OUTBOUND_ALLOW": " 127.0.0.0/8, ::1 "])
        #expect(read.outbound == OutboundPolicy(allowing: AddressRange.loopback))
        #expect(try RuntimeConfiguration.read(environment: [:]).outbound == .publicOnly)
        let error = #expect(throws: ConfigurationError.self) {
            try RuntimeConfiguration.read(environment: ["PURSER_OUTBOUND_ALLOW": "10.0.0.0/8,all"])
        }
        #expect(error?.problems.count == 1)
        #expect(error?.problems.first?.contains("all") == true)
    }
}
