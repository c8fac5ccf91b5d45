/// Text made at random, from the system's source.
package enum RandomText {
    private static let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    private static let capitals = Array("ABCDEFGHJKLMNPQRSTUVWXYZ")
    private static let small = Array("abcdefghijkmnopqrstuvwxyz")
    private static let digits = Array("23456789")
    private static let marks = Array("!-_.+")

    /// Lower-case letters and digits.
    package static func letters(_ count: Int) -> String {
        String((0..<count).compactMap { _ in letters.randomElement() })
    }

    /// A password of 20 characters with capitals, small letters, digits and marks, without those easily mixed
    /// up: about 110 bits, and what panels ask of passwords.
    package static func password() -> String {
        let all = capitals + small + digits + marks
        var characters = [capitals, small, digits, marks].compactMap { $0.randomElement() }
        while characters.count < 20 { characters += [all.randomElement()].compactMap { $0 } }
        return String(characters.shuffled())
    }
}
