import Foundation
import Models

/// Reads `key=text` and `key:=JSON`; `outer.inner=…` sets a member of an object.
enum Assignments {
    /// - Throws: `CommandFailure` (`usage`) for what is neither.
    static func object(_ arguments: [String]) throws -> [String: JSONValue] {
        try arguments.reduce(into: [:]) { object, argument in
            guard let mark = argument.firstIndex(of: "="), mark > argument.startIndex else {
                throw CommandFailure(.usage, "\(argument) is not understood. Write key=text or key:=JSON.")
            }
            let isJSON = argument[argument.index(before: mark)] == ":"
            let name = argument[..<(isJSON ? argument.index(before: mark) : mark)]
            let text = String(argument[argument.index(after: mark)...])
            guard !name.isEmpty else {
                throw CommandFailure(.usage, "\(argument) has no key. Write key=text or key:=JSON.")
            }
            set(
                isJSON ? try json(text, of: String(name)) : .string(text),
                at: name.split(separator: ".")[...], in: &object)
        }
    }

    private static func json(_ text: String, of name: String) throws -> JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        } catch {
            throw CommandFailure(
                .usage,
                "The value of \(name) is not JSON. Write \(name)=\(text) for a text, or quote it for your shell."
            )
        }
    }

    private static func set(
        _ value: JSONValue, at path: ArraySlice<Substring>, in object: inout [String: JSONValue]
    ) {
        guard let first = path.first.map(String.init) else { return }
        if path.count == 1 {
            object[first] = value
        } else {
            var inner = object[first]?.objectValue ?? [:]
            set(value, at: path.dropFirst(), in: &inner)
            object[first] = .object(inner)
        }
    }
}

/// Reads points in time.
enum TimeArgument {
    private static let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]

    /// A time as RFC 3339 writes it, or so long from now: `30s`, `15m`, `1h`, `2d`.
    ///
    /// - Parameter direction: -1 for the past, 1 for the future.
    /// - Throws: `CommandFailure` (`usage`).
    static func timestamp(_ text: String?, direction: Int64) throws -> String? {
        guard let text else { return nil }
        if let time = Timestamp(text) { return time.description }
        if let unit = text.last.flatMap({ seconds[$0] }), let count = Int64(text.dropLast()), count >= 0,
            count <= 1_000_000
        {
            return Timestamp(milliseconds: Timestamp.now.milliseconds + direction * count * unit * 1000)
                .description
        }
        throw CommandFailure(
            .usage, "\(text) is no time. Write 30s, 15m, 1h or 2d, or a time such as 2026-02-03T10:11:12Z.")
    }
}
