import HTTPTypes
import Models
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// How often someone may ask, and by what they are counted.
@Suite struct RateTests {
    @Test func `a bucket fills again as time passes, up to its brim`() {
        let clock = TestClock()
        let limiter = RateLimiter(perSecond: 2, burst: 3, now: { clock.now })
        for _ in 0..<3 { #expect(limiter.take("a") == nil) }
        #expect(limiter.take("a") == 1)
        #expect(limiter.wait(for: "a") == 1)
        #expect(limiter.take("b") == nil)
        clock.advance(by: .milliseconds(500))
        #expect(limiter.wait(for: "a") == nil)
        #expect(limiter.take("a") == nil)
        #expect(limiter.take("a") == 1)
        clock.advance(by: .seconds(60))
        for _ in 0..<3 { #expect(limiter.take("a") == nil) }
        #expect(limiter.take("a") != nil)
    }

    @Test func `more names than are remembered share one bucket`() {
        let clock = TestClock()
        let limiter = RateLimiter(perSecond: 1, burst: 2, now: { clock.now })
        for number in 0..<RateLimiter.names { #expect(limiter.take("\(number)") == nil) }
        #expect(limiter.take("x") == nil)
        #expect(limiter.take("y") == nil)
        #expect(limiter.take("z") != nil)
        #expect(limiter.take("7") == nil)
        clock.advance(by: .seconds(5))
        #expect(limiter.take("z") == nil)
    }

    @Test func `a token that asks too often is told when to come again, and others are not`() async throws {
        try await GatewayHarness.run(configure: { $0.rateLimit = 5 }) { harness in
            for _ in 0..<10 { #expect(try await harness.call(.get, "/v1/whoami").status == 200) }
            let refused = try await harness.call(.get, "/v1/whoami")
            #expect(refused.status == 429)
            #expect(refused.headers[.retryAfter] == "1")
            #expect(try await harness.call(.get, "/v1/whoami", token: GatewayHarness.jane).status == 200)
            harness.clock.advance(by: .seconds(1))
            for _ in 0..<5 { #expect(try await harness.call(.get, "/v1/whoami").status == 200) }
            #expect(try await harness.call(.get, "/v1/whoami").status == 429)
        }
    }

    @Test func `from an address whence only wrong tokens come nobody is asked any more`() async throws {
        try await GatewayHarness.run(configure: { $0.rateLimit = 2000 }) { harness in
            for number in 0..<Limits.addressBurst {
                #expect(try await harness.call(.get, "/v1/whoami", token: "wrong\(number)").status == 401)
            }
            let asked = harness.fake.state.withLock(\.authentications)
            for number in 0..<10 {
                #expect(try await harness.call(.get, "/v1/whoami", token: "more\(number)").status == 429)
            }
            #expect(try await harness.call(.get, "/openapi.json", token: nil).status == 429)
            #expect(harness.fake.state.withLock(\.authentications) == asked)
            // Monitoring goes on.
            let health = try await harness.call(.get, "/healthz", token: nil)
            #expect(health.status == 200)
            harness.clock.advance(by: .seconds(1))
            #expect(try await harness.call(.get, "/v1/whoami").status == 200)
        }
    }

    @Test func `a mistyped token is refused without asking`() async throws {
        try await GatewayHarness.run { harness in
            let token = TokenText.make(role: .client)
            let wrong = (token.hasSuffix("0") ? "1" : "0")
            let answer = try await harness.call(
                .get, "/v1/whoami", token: String(token.dropLast()) + wrong)
            #expect(answer.status == 401)
            #expect(harness.fake.state.withLock(\.authentications) == 0)
            #expect(try await harness.call(.get, "/v1/whoami", token: token).status == 401)
            #expect(harness.fake.state.withLock(\.authentications) == 1)
        }
    }

    @Test func `only a trusted proxy is believed about addresses`() throws {
        let rows: [(peer: String, header: String?, expected: String)] = [
            ("192.0.2.1", nil, "192.0.2.1"), ("192.0.2.1", "203.0.113.5", "192.0.2.1"),
            ("10.0.0.7", "203.0.113.5", "203.0.113.5"), ("10.0.0.7", nil, "10.0.0.7"),
            ("10.0.0.7", "198.51.100.9, 203.0.113.5", "203.0.113.5"),
            ("10.0.0.7", "203.0.113.5, 10.2.3.4", "203.0.113.5"), ("10.0.0.7", "nonsense", "10.0.0.7"),
            ("10.0.0.7", "nonsense, 203.0.113.5", "203.0.113.5"),
            ("10.0.0.7", "2001:db8:1:2:3::4", "2001:db8:1:2:3::4"),
        ]
        let range = try #require(AddressRange("10.0.0.0/8"))
        let reach = Reach(publicURL: nil, trustedProxies: [range])
        for row in rows {
            var fields = HTTPFields()
            fields[.forwardedFor] = row.header
            fields[.forwardedProto] = "https"
            #expect(reach.address(fields, peer: row.peer).text == row.expected)
            #expect(reach.isSecure(fields, peer: row.peer) == (row.peer == "10.0.0.7"))
        }
        #expect(ClientAddress(text: "2001:db8:1:2:3::4").network == "2001:db8:1:2::/64")
        #expect(ClientAddress(text: "192.0.2.1").network == "192.0.2.1")
    }
}
