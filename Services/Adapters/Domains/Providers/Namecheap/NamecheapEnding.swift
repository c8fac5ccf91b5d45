/// Endings whose registries know no lock against transfers.
///
/// - SeeAlso: https://www.namecheap.com/support/api/methods/domains/set-registrar-lock/
enum NamecheapEnding {
    private static let withoutLock: Set<String> = [
        "at", "be", "ch", "com.au", "com.es", "com.pe", "com.sg", "de", "es", "eu", "fr", "io", "is", "it",
        "li",
        "net.au", "net.pe", "nl", "nom.es", "nu", "org.au", "org.es", "org.pe", "pe", "se", "sg", "uk",
    ]

    static func hasLock(_ ending: String) -> Bool {
        !withoutLock.contains(ending) && !ending.hasSuffix(".uk")
    }
}
