import Foundation

/// What is looked at before a document is parsed: Foundation's parser ends the process at some of it.
extension XMLValue {
    /// Why a document is not parsed at all; nil where it is.
    static func refusal(of document: Data) -> String? {
        if !isText(document) { return "is no text in an encoding that is read" }
        if declares(document) { return "declares something" }
        if hasEmptyInstruction(document) { return "has a processing instruction without a content" }
        return nil
    }

    /// Whether a document's bytes are text, in UTF-8 or in one of the encodings that write ASCII as it does: in any other,
    /// what is looked for here could be hidden. Foundation's parser ends the process at a name that is no UTF-8.
    ///
    /// - SeeAlso: XML 1.0, section 4.3.3.
    private static func isText(_ document: Data) -> Bool {
        let head = String(decoding: document.prefix(200), as: UTF8.self).lowercased()
        let declared = head.firstMatch(of: /^\u{FEFF}?<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']/)?.output
            .1
        switch declared {
        case nil, "utf-8", "utf8", "us-ascii", "ascii":
            return String(validating: document, as: UTF8.self) != nil
        case let encoding?: return encoding.wholeMatch(of: /(iso-8859-|windows-125)[0-9]+/) != nil
        }
    }

    /// Whether a document's type has declarations of its own.
    private static func declares(_ document: Data) -> Bool {
        guard let type = document.firstRange(of: Data("<!DOCTYPE".utf8)) else { return false }
        var quote: UInt8?
        for byte in document[type.upperBound...] {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if quote == nil { quote = byte } else if quote == byte { quote = nil }
            case UInt8(ascii: "[") where quote == nil: return true
            case UInt8(ascii: ">") where quote == nil: return false
            default: break
            }
        }
        return false
    }

    /// Whether there is an instruction such as `<?x?>`, at which Foundation's parser ends the process.
    ///
    /// - SeeAlso: XML 1.0, section 2.6.
    private static func hasEmptyInstruction(_ document: Data) -> Bool {
        let (begin, end) = (Data("<?".utf8), Data("?>".utf8))
        var rest = document[...]
        while let opening = rest.firstRange(of: begin) {
            rest = rest[opening.upperBound...]
            guard let closing = rest.firstRange(of: end) else { return false }
            let content = rest[..<closing.lowerBound]
            let isSpace: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }
            if content.drop(while: { !isSpace($0) }).allSatisfy(isSpace) { return true }
            // Another may begin within, where this one stands in a comment or a text.
        }
        return false
    }
}
