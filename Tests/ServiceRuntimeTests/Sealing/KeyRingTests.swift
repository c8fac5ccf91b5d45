import Testing

@testable import ServiceRuntime

@Suite struct KeyRingTests {
    private let first = MasterKey()
    private let second = MasterKey()

    @Test func `One key is a ring, as it always was`() throws {
        let ring = try MasterKeyRing(text: "\(first.text)\n")
        #expect(ring.keys == [first])
        for recipient in [SealingRecipient.storage, .gateway, .category("hosting")] {
            #expect(ring.derived(for: recipient).ids == [first.derived(for: recipient).id])
        }
    }

    @Test func `A ring's text is read as it was written, by lines or by commas`() throws {
        let ring = try MasterKeyRing(
            keys: [first], next: second, generations: ["hosting": [2, 1], "domains": [1, 2]])
        let lines = ["# kept by hand", first.text, "", "next \(second.text)", "domains 1 2", "hosting 2 1"]
        for text in [
            ring.text, lines.joined(separator: "\n"),
            lines.dropFirst(2).joined(separator: ", ") + "," + first.text,
        ] {
            let read = try MasterKeyRing(text: text)
            #expect(read.text == ring.text)
        }
    }

    @Test func `What is next opens, and does not seal`() throws {
        let ring = try MasterKeyRing(keys: [first], next: second)
        let keys = ring.derived(for: .storage)
        #expect(keys.current.id == first.derived(for: .storage).id)
        #expect(keys.ids.count == 2 && keys.known[second.derived(for: .storage).id] != nil)
    }

    @Test func `A category's generations are keys of their own, and nobody else's change`() throws {
        let ring = try MasterKeyRing(keys: [first, second], generations: ["hosting": [2, 1]])
        let hosting = SealingRecipient.category("hosting")
        #expect(
            ring.derived(for: hosting).ids
                == [
                    first.derived(for: hosting, generation: 2), first.derived(for: hosting),
                    second.derived(for: hosting, generation: 2), second.derived(for: hosting),
                ].map(\.id))
        #expect(Set(ring.derived(for: hosting).ids).count == 4)
        #expect(
            ring.derived(for: .category("domains")).current.id == first.derived(for: .category("domains")).id)
    }

    @Test(
        arguments: [
            "", "# nothing", "c2hvcnQ=", "next KEY", "KEY\nKEY", "KEY\nhosting", "KEY\nhosting 0",
            "KEY\nhosting one",
            "KEY\nhosting 1 1", "KEY\nhosting 1\nhosting 2", "KEY\nnext", "KEY\nnext c2hvcnQ=",
            "KEY\nhosting 1 2 3 4 5",
        ])
    func `A text that is no ring is refused, and not shown`(text: String) throws {
        let written = text.replacing("KEY", with: first.text)
        let error = #expect(throws: SealingError.self) { try MasterKeyRing(text: written) }
        #expect(error?.kind == .malformedKey)
        #expect(error?.message.contains("c2hvcnQ") == false && error?.message.contains(first.text) == false)
    }

    @Test func `A service's keys are one a line`() throws {
        let ring = try MasterKeyRing(keys: [first, second]).derived(for: .gateway)
        #expect(try KeyRing(text: ring.text).ids == ring.ids)
        #expect(throws: SealingError.self) { try KeyRing(text: "\n") }
        let many = (0...KeyRing.limit).map { _ in MasterKey().text }.joined(separator: "\n")
        #expect(throws: SealingError.self) { try KeyRing(text: many) }
    }
}
