import Testing

@testable import ServiceRuntime

/// Addresses, and ranges of them.
@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
        ("192.0.2.64/26", "192.0.2.127", true), ("192.0.2.64/26", "192.0.2.128", false),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
        ("::1", "::1", true), ("127.0.0.0/8", "::ffff:127.0.0.1", true), ("10.0.0.0/8", "unknown", false),
    ])
    func `an address is in a range or not`(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == isIn)
    }

    @Test(arguments: [
        "", "x", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "::1/129", "10.0.0.0/8/8",
    ])
    func `what is no range is refused`(text: String) { #expect(AddressRange(text) == nil) }

    @Test func `the configuration says what is wrong with the new keys`() throws {
        let good = try RuntimeConfiguration.read(environment: [
            "PURSER_TRUSTED_PROXIES": "10.0.0.0/8, ::1", "PURSER_PUBLIC_URL": "https://purser.example.com/",
            "PURSER_RATE_LIMIT": "0", "PURSER_ADMIN_EMAIL": "ada@example.com",
        ])
        #expect(good.trustedProxies.count == 2)
        #expect(good.publicURL == "https://purser.example.com")
        #expect(good.rateLimit == 0)
        #expect(good.adminEmail == "ada@example.com")
        let error = #expect(throws: ConfigurationError.self) {
            try RuntimeConfiguration.read(environment: [
                "PURSER_TRUSTED_PROXIES": "10.0.0.0/8, nowhere", "PURSER_PUBLIC_URL": "purser",
                "PURSER_RATE_LIMIT": "-1",
                "PURSER_ADMIN_TOKEN": "psr_admin_" + TokenText.random() + "000000",
            ])
        }
        #expect(error?.problems.count == 4)
    }
}
