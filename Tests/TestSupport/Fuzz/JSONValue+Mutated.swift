package import Models

extension JSONValue {
    /// The value with one to three of its parts replaced, removed, doubled or moved: still JSON, and of another shape.
    package func mutated(using generator: inout SeededGenerator) -> JSONValue {
        var value = self
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let count = value.partCount
            var left = Int.random(in: 0..<count, using: &generator)
            value = value.replacing(part: &left, using: &generator)
        }
        return value
    }

    /// How many values there are, this one included.
    private var partCount: Int {
        switch self {
        case .array(let elements): elements.reduce(1) { $0 + $1.partCount }
        case .object(let members): members.reduce(1) { $0 + $1.value.partCount }
        default: 1
        }
    }

    private func replacing(part: inout Int, using generator: inout SeededGenerator) -> JSONValue {
        part -= 1
        if part < 0 { return part == -1 ? replaced(using: &generator) : self }
        switch self {
        case .array(let elements):
            return .array(elements.map { $0.replacing(part: &part, using: &generator) })
        case .object(var members):
            for name in members.keys.sorted() {
                members[name] = members[name]?.replacing(part: &part, using: &generator)
            }
            return .object(members)
        default: return self
        }
    }

    private func replaced(using generator: inout SeededGenerator) -> JSONValue {
        switch (self, Int.random(in: 0..<4, using: &generator)) {
        case (.object(var members), 0):
            members[members.keys.sorted().randomElement(using: &generator) ?? ""] = nil
            return .object(members)
        case (.object(var members), 1):
            members[Self.names.randomElement(using: &generator) ?? ""] = Self.bad(using: &generator)
            return .object(members)
        case (.array(let elements), 0): return .array(elements + elements)
        case (.array(let elements), 1): return .array(elements + [Self.bad(using: &generator)])
        default: return Self.bad(using: &generator)
        }
    }

    private static let names = [
        "", "id", "data", "items", "e\u{301}", "\u{212A}", "\u{0}", "a/b~c", "__proto__", "\u{202E}",
    ]

    /// A value that few expect.
    package static func bad(using generator: inout SeededGenerator) -> JSONValue {
        let index = Int.random(in: 0..<(badValues.count + 3), using: &generator)
        switch index {
        case badValues.count: return .string(String(repeating: "é", count: 40_000))
        case badValues.count + 1: return (0..<50).reduce(.null) { inner, _ in [inner] }
        case badValues.count + 2: return .integer(.random(in: .min ... .max, using: &generator))
        default: return badValues[index]
        }
    }

    private static let badValues: [JSONValue] = [
        .null, true, false, 0, -1, .integer(.max), .integer(.min), 1.5, 1e308, -1e308, 1e-300, "", " ",
        "\u{0}", "0",
        "true", "null", "\u{FEFF}", "a\nb\r\nc", "sealed:v1:x:y", "9999-12-31T23:59:59.999Z",
        "0000-01-01T00:00:00+23:59", "act_01hzy3v7q8r9s0t1v2w3x4y5z6", [], [:], [[]], [.null], ["": .null],
        "../../etc/passwd", "%s%n", "http://127.0.0.1:1/", "\u{212A}", 4_294_967_296, 2_147_483_648,
    ]
}
