/// A secret that a test gives away in order to look for it afterwards.
package struct Canary: Sendable, Hashable {
    /// What no encoder changes but base64 and hexadecimal. To be looked for.
    package let core: String

    /// - Parameter name: what it is the secret of, as in `hosting`; letters and digits of it are in the core.
    package init(_ name: String) {
        let letters = name.unicodeScalars.filter { $0.isASCII && $0.properties.isAlphabetic }.map(String.init)
        let random = (0..<10).map { _ in "abcdefghijkmnpqrstuvwxyz23456789".randomElement() ?? "x" }
        core = "CNRY\(letters.joined().prefix(24))\(String(random))"
    }

    /// The secret itself, with characters around the core that encoders change.
    package var value: String { "\"&+%ü\(core)<'/\\>" }
}
