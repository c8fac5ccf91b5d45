import Models
import Mustache

/// Values of a page's model, as templates see them: null and the empty text are nothing, so `{{#name}}` skips them, and a
/// member that is null hides one of the same name further out.
extension JSONValue: MustacheCustomRepresentation {
    package var representation: Any? {
        switch self {
        case .null: nil
        case .bool(let value): value
        case .integer(let value): value
        case .number(let value): value
        case .string(let text): text.isEmpty ? nil : PageText.representation(of: text)
        case .array(let elements): elements
        case .object(let members): members
        }
    }
}

/// A text on a page.
struct PageText: MustacheCustomRenderable, MustacheTransformable {
    /// Not `text`: within a section of this value, templates find its properties too.
    let shownText: String

    var renderText: String { shownText }
    var isNull: Bool { false }

    /// `time` for people, `lower`, and the `first` letter as a capital.
    func transform(_ name: String) -> Any? {
        switch name {
        case "time": PageTime.text(shownText)
        case "lower": shownText.lowercased()
        case "first": String(shownText.prefix(1)).uppercased()
        default: nil
        }
    }

    /// What the template engine escapes rightly.
    ///
    /// The engine escapes whole characters, and `"` with a combining mark behind it is another character than `"`: it
    /// would be let through, and end an attribute. Such a text is escaped here and given as a template without tags.
    static func representation(of text: String) -> Any {
        guard text.utf8.contains(where: isSpecial), text.contains(where: hidesSpecial) else {
            return PageText(shownText: text)
        }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "{": escaped += "&#123;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        do {
            return try MustacheTemplate(string: escaped)
        } catch {
            // A text without braces is always a template; and this one shows nothing that could harm.
            return PageText(shownText: escaped)
        }
    }

    private static func hidesSpecial(_ character: Character) -> Bool {
        character.unicodeScalars.count > 1 && character.utf8.contains(where: isSpecial)
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"):
            true
        default: false
        }
    }
}
