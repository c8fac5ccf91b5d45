import Models

/// Data whose shape is known only at run time, as a page shows it: a list of names and texts.
enum ShownValue {
    /// The members of an object by name; objects within become names with a dot.
    static func rows(_ object: [String: JSONValue], under parent: String = "") -> [JSONValue] {
        object.sorted { $0.key < $1.key }.flatMap { name, value -> [JSONValue] in
            let path = parent.isEmpty ? name : "\(parent) · \(name)"
            if case .object(let members) = value, !members.isEmpty { return rows(members, under: path) }
            return [["name": .string(path), "value": .string(text(value)), "is_link": .bool(isLink(value))]]
        }
    }

    /// A value in words.
    static func text(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null: "–"
        case .bool(let flag): flag ? "yes" : "no"
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let text): text.isEmpty ? "–" : text
        case .array(let elements):
            elements.isEmpty ? "–" : elements.map { $0.isPlain ? text($0) : json($0) }.joined(separator: ", ")
        case .object: json(value ?? .null)
        }
    }

    /// A plain value as it is; JSON for others.
    static func plain(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .bool(let flag): String(flag)
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .null: ""
        case .array, .object: json(value)
        }
    }

    /// JSON text with sorted members.
    static func json(_ value: JSONValue) -> String { String(decoding: value.text, as: UTF8.self) }

    /// Whether it is an address that a browser can open.
    static func isLink(_ value: JSONValue) -> Bool {
        guard let text = value.stringValue else { return false }
        return text.hasPrefix("https://") || text.hasPrefix("http://")
    }

    /// The address, where it is one that a browser can open; null for all else, such as scripts.
    static func link(_ text: String) -> JSONValue { isLink(.string(text)) ? .string(text) : .null }
}

extension JSONValue {
    fileprivate var isPlain: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }
}
