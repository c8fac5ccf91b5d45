package import Models

extension [HTTPRequest.Field] {
    /// The members of an object as fields of a query or form, in order of their names. What lies within is
    /// named in brackets, as many web frameworks read it: `extra[region]`, `codes[0]`.
    ///
    /// Null says nothing and is left out, as are lists and objects without elements; truth values are `1` and
    /// `0`.
    package init(bracketed members: [String: JSONValue]) {
        self = members.sorted { $0.key < $1.key }.flatMap { Self.fields($0.key, $0.value) }
    }

    private static func fields(_ name: String, _ value: JSONValue) -> [HTTPRequest.Field] {
        switch value {
        case .null: []
        case .bool(let flag): [.init(name, flag ? "1" : "0")]
        case .integer(let number): [.init(name, String(number))]
        case .number(let number): [.init(name, "\(number)")]
        case .string(let text): [.init(name, text)]
        case .array(let elements):
            elements.enumerated().flatMap { fields("\(name)[\($0.offset)]", $0.element) }
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap { fields("\(name)[\($0.key)]", $0.value) }
        }
    }
}
