extension DelimitedPattern {
    private static let syntax: Set<Character> = [
        "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/",
    ]

    /// The text as a pattern that matches it alone.
    static func escaped(_ text: String) -> String {
        text.map { syntax.contains($0) && $0 != "/" ? "\\\($0)" : String($0) }.joined()
    }

    /// The pattern as JSON Schema has it: without flags and without needless backslashes. Either case is written out,
    /// for ASCII letters.
    ///
    /// - SeeAlso: ECMA-262, section 22.2.1, with the `u` flag.
    var ecmaScript: String {
        let characters = Array(body)
        var result = ""
        var inClass = false
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if character == "\\", index + 1 < characters.count {
                result += Self.escape(of: characters[index + 1], inClass: inClass)
                index += 2
                continue
            }
            if character == "[" { inClass = true }
            if character == "]" { inClass = false }
            if ignoresCase, character.isASCII, character.isLetter {
                let isRange = inClass && index + 2 < characters.count && characters[index + 1] == "-"
                let last = isRange && characters[index + 2].isLetter ? characters[index + 2] : character
                result += Self.eitherCase(from: character, to: last, inClass: inClass)
                index += isRange && characters[index + 2].isLetter ? 3 : 1
            } else {
                result.append(character)
                index += 1
            }
        }
        return result
    }

    private static func escape(of character: Character, inClass: Bool) -> String {
        let isNeeded = syntax.contains(character) || character.isLetter || character.isNumber
        return isNeeded || (character == "-" && inClass) ? "\\\(character)" : String(character)
    }

    private static func eitherCase(from first: Character, to last: Character, inClass: Bool) -> String {
        let cases = [first.lowercased(), first.uppercased()]
        guard first != last else { return inClass ? cases.joined() : "[\(cases.joined())]" }
        return "\(first.lowercased())-\(last.lowercased())\(first.uppercased())-\(last.uppercased())"
    }
}
