import Foundation
import Models
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    @Test("They sort by the time they were made")
    func sortable() {
        let times = (0..<2_000).map { _ in Int64.random(in: 0..<(1 << 48)) }.sorted()
        let ids = Set(times).sorted().map { ActionID.make(at: Timestamp(milliseconds: $0)) }
        #expect(ids == ids.sorted())
    }

    @Test("Made in the same millisecond they still differ")
    func unique() {
        let now = Timestamp.now
        #expect(Set((0..<50_000).map { _ in ActionID.make(at: now) }).count == 50_000)
    }

    @Test("They are well formed and carry their prefix")
    func form() throws {
        for id in (0..<500).map({ _ in ClientID.make() }) {
            #expect(id.isWellFormed)
            #expect(try /clt_[0-7][0-9a-hjkmnp-tv-z]{25}/.wholeMatch(in: id.rawValue) != nil)
        }
        // The first ten characters are the milliseconds, here the specification's example.
        #expect(
            ActionID.make(at: Timestamp(milliseconds: 1_469_918_176_385)).rawValue.hasPrefix("act_01aryz6s41")
        )
    }

    @Test(
        "Other texts are not well formed",
        arguments: [
            "", "act_", "clt_01jd9q4z8k3v5x7r2m6n0pwth", "clt_01jd9q4z8k3v5x7r2m6n0pwthss",
            "act_01jd9q4z8k3v5x7r2m6n0pwths", "clt_01JD9Q4Z8K3V5X7R2M6N0PWTHS",
            "clt_01jd9q4z8k3v5x7r2m6n0pwthi",
            "clt_01jd9q4z8k3v5x7r2m6n0pwthl", "clt_01jd9q4z8k3v5x7r2m6n0pwthu",
            "clt_01jd9q4z8k3v5x7r2m6n0pwth ",
        ])
    func malformed(text: String) {
        #expect(!ClientID(rawValue: text).isWellFormed)
    }

    @Test("On the wire they are text")
    func wire() throws {
        let id = TokenID.make()
        let data = try JSONEncoder().encode([id])
        #expect(String(decoding: data, as: UTF8.self) == "[\"\(id.rawValue)\"]")
        #expect(try JSONDecoder().decode([TokenID].self, from: data) == [id])
    }
}
