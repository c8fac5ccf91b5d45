/// A place in a JSON document, kept as steps so that its text is only made where it is needed.
///
/// - SeeAlso: RFC 6901, sections 3 and 4.
struct JSONPointer {
    enum Step {
        case member(String)
        case index(Int)
    }

    /// The pointer of the place where the steps begin.
    let base: String
    var steps: [Step] = []

    init(base: String) {
        self.base = base
    }

    /// The pointer to the place, or to a member of it.
    func text(member: String? = nil) -> String {
        var text = base
        for step in steps {
            switch step {
            case .member(let name): text += "/" + Self.escaped(name)
            case .index(let index): text += "/\(index)"
            }
        }
        if let member { text += "/" + Self.escaped(member) }
        return text
    }

    /// The name with `~` as `~0` and `/` as `~1`.
    static func escaped(_ name: String) -> String {
        var result = ""
        for character in name.unicodeScalars {
            switch character {
            case "~": result += "~0"
            case "/": result += "~1"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
