import Bus
import Logging
import Models
import ServiceRuntime
import Synchronization
import Testing

/// Who sent a message, by its signature.
@Suite("The check of signatures")
struct SignatureCheckTests {
    /// Keys that count how often they are looked for anew, and may come only then.
    private final class CountedKeys: SealingKeys {
        let searches = Mutex(0)
        private let known: KeyRing
        private let latest: KeyRing

        init(_ known: KeyRing, latest: KeyRing? = nil) {
            self.known = known
            self.latest = latest ?? known
        }

        var ring: KeyRing { known }

        func ringAnew() -> KeyRing {
            searches.withLock { $0 += 1 }
            return latest
        }
    }

    private static let master = MasterKeyRing(MasterKey())
    private static let route = Queue.outcomes.route

    private static func ring(_ recipient: SealingRecipient) -> KeyRing {
        MasterKeys(master).derived(for: recipient).ring
    }

    private static func check(_ gateway: CountedKeys, _ hosting: CountedKeys) -> SignatureCheck {
        SignatureCheck(
            [
                SignatureCheck.Known(.gateway) { Sealer(gateway) },
                SignatureCheck.Known(.adapter("hosting")) { Sealer(hosting) },
            ], acceptsUnsigned: false, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func signed(_ recipient: SealingRecipient) -> BusMessage {
        Sealer(ring(recipient)).signed(
            BusMessage(Envelope(source: "/test", data: ShowStatus())), for: route)
    }

    @Test("A key that is known is found without looking for any anew")
    func known() throws {
        let (gateway, hosting) = (
            CountedKeys(Self.ring(.gateway)), CountedKeys(Self.ring(.category("hosting")))
        )
        let message = Self.signed(.category("hosting"))
        let sender = try Self.check(gateway, hosting).sender(of: message, on: Self.route, at: "test")
        #expect(sender == .adapter("hosting"))
        #expect(gateway.searches.withLock { $0 } == 0)
        #expect(hosting.searches.withLock { $0 } == 0)
    }

    @Test("A key that came just now is looked for, and one that nobody has is refused")
    func late() throws {
        let other = Self.ring(.category("domains"))
        let (message, gateway) = (Self.signed(.category("hosting")), CountedKeys(Self.ring(.gateway)))
        let late = CountedKeys(other, latest: Self.ring(.category("hosting")))
        #expect(
            try Self.check(gateway, late).sender(of: message, on: Self.route, at: "test")
                == .adapter("hosting"))
        let refusal = #expect(throws: SignatureError.self) {
            try Self.check(gateway, CountedKeys(other)).sender(of: message, on: Self.route, at: "test")
        }
        #expect(refusal?.kind == .unknownKey)
    }
}
