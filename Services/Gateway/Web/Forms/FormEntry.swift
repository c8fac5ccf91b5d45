import Models

/// An item of a free list: where all have a name they are an object, where none has they are a list.
struct FormEntry: Sendable, Equatable {
    /// What a value is; a form brings texts alone.
    enum Kind: String, Sendable, CaseIterable {
        case text, number, boolean, json

        var title: String {
            switch self {
            case .text: "Text"
            case .number: "Number"
            case .boolean: "True or false"
            case .json: "List or object, as JSON"
            }
        }
    }

    var name = ""
    var kind = Kind.text
    var value = ""

    var isEmpty: Bool { name.isEmpty && value.isEmpty }

    /// The entries that a stored value is shown as.
    static func all(of value: JSONValue?) -> [FormEntry] {
        switch value {
        case .array(let elements): elements.map { FormEntry("", $0) }
        case .object(let members): members.sorted { $0.key < $1.key }.map { FormEntry($0.key, $0.value) }
        default: []
        }
    }

    private init(_ name: String, _ value: JSONValue) {
        self.name = name
        kind =
            switch value {
            // What an input of one line would change goes as JSON too.
            case .string(let text):
                text.isEmpty || text != text.trimmed || text.contains(where: \.isNewline) ? .json : .text
            case .integer, .number: .number
            case .bool: .boolean
            case .null, .array, .object: .json
            }
        self.value = kind == .json ? ShownValue.json(value) : ShownValue.plain(value)
    }

    /// What a form brought of one; empty for a new one.
    init(_ form: SentForm = SentForm(), at place: String = "") {
        name = form["\(place)/name"]?.trimmed ?? ""
        kind = form["\(place)/kind"].flatMap { Kind(rawValue: $0) } ?? .text
        value = form["\(place)/value"]?.trimmed ?? ""
    }

    /// The value of its kind.
    ///
    /// - Throws: `Problem` at `place`.
    private func read(at place: String) throws(Problem) -> JSONValue {
        switch kind {
        case .text: return .string(value)
        case .number:
            if let whole = Int(value) { return .integer(whole) }
            if let number = Double(value), number.isFinite { return .number(number) }
            throw .invalid("\(place)/value", "must be a number")
        case .boolean:
            guard value == "true" || value == "false" else {
                throw .invalid("\(place)/value", "must be true or false")
            }
            return .bool(value == "true")
        case .json:
            do {
                return try JSONText.parse(value)
            } catch {
                throw .invalid("\(place)/value", "must be JSON: \(error.message)")
            }
        }
    }

    /// The object or list that entries are.
    ///
    /// - Parameter place: the pointer of the list.
    static func value(of entries: [FormEntry], at place: String) -> (
        value: JSONValue, problems: [FieldProblem]
    ) {
        var problems: [FieldProblem] = []
        var members: [String: JSONValue] = [:]
        var elements: [JSONValue] = []
        let isObject = entries.contains { !$0.name.isEmpty }
        for (index, entry) in entries.enumerated() {
            let here = "\(place)/\(index)"
            if isObject, entry.name.isEmpty {
                problems.append(FieldProblem(pointer: here + "/name", detail: "is missing; others have one"))
            } else if isObject, members[entry.name] != nil {
                problems.append(FieldProblem(pointer: here + "/name", detail: "is given twice"))
            }
            do throws(Problem) {
                let value = try entry.read(at: here)
                if isObject { members[entry.name] = value } else { elements.append(value) }
            } catch {
                problems += error.errors
            }
        }
        return (isObject ? .object(members) : .array(elements), problems)
    }
}
