import Models
import Testing

@testable import ServiceRuntime

@Suite struct SealerTests {
    private let old = MasterKey().derived(for: .storage)
    private let new = MasterKey().derived(for: .storage)

    @Test func `What was sealed opens in its place, and nowhere else`() throws {
        let sealer = Sealer(old)
        let value: JSONValue = ["token": "tök\"en", "port": 2087]
        let sealed = try sealer.seal(value, context: "cfg_1/settings/api_token")
        #expect(sealed.hasPrefix("sealed:v1:\(old.id):"))
        #expect(try sealer.open(sealed, context: "cfg_1/settings/api_token") == value)
        #expect(throws: SealingError.self) {
            try sealer.open(sealed, context: "cfg_2/settings/api_token")
        }
    }

    @Test func `The first key seals, and all open`() throws {
        let before = Sealer(old)
        let during = Sealer(new, older: [old])
        let sealed = try before.seal("a", context: "c")
        #expect(try during.open(sealed, context: "c") == "a")
        let anew = try during.seal("a", context: "c")
        #expect(Sealer.keyID(of: anew) == new.id)
        #expect(try Sealer(old, older: [new]).open(anew, context: "c") == "a")
    }

    @Test func `What was sealed with a key that is not known is told apart from what is damaged`() throws {
        let sealed = try Sealer(old).seal("a", context: "c")
        let unknown = #expect(throws: SealingError.self) { try Sealer(new).open(sealed, context: "c") }
        #expect(unknown?.kind == .unknownKey)
        let damaged = #expect(throws: SealingError.self) {
            try Sealer(old).open(sealed.dropLast(4) + "AAAA", context: "c")
        }
        #expect(damaged?.kind == .refused)
    }
}
