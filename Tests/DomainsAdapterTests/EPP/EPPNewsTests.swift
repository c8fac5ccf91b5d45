import Testing

@testable import DomainsAdapter

@Suite("What registries say in words")
struct EPPNewsTests {
    @Test(
        "A domain is lost only where the words speak of nothing else",
        arguments: [
            ("Domain example.ng was deleted", .deleted), ("example.ng purged", .deleted),
            ("Domain example.ng suspended", .suspended), ("Host cancelled", nil),
            ("Host ns1.example.ng deleted", nil), ("Contact c1 was deleted", nil),
            ("Transfer cancelled", .transferIn), ("Transfer of example.ng was deleted", .transferIn),
            ("Domain transferred away", .transferOut), ("Domain renewed", .renewed),
            ("Please verify the holder", .dataQuality), ("Order cancelled", nil), ("", nil),
        ] as [(String, EPPNews.Kind?)])
    func kind(text: String, kind: EPPNews.Kind?) {
        #expect(EPPMessage.kind(saidBy: text) == kind)
    }
}
