import GRDB
import Models

/// The conditions of a listing, as far as they are given. Each combination is a statement of its own, so that the index
/// that fits is used.
struct Conditions {
    private var terms: [String] = []
    private(set) var arguments: StatementArguments = []

    /// A `WHERE` clause; empty where there is no condition.
    var clause: String { terms.isEmpty ? "" : "WHERE " + terms.joined(separator: " AND ") }

    /// A condition without a value.
    mutating func add(_ term: String) { terms.append(term) }

    /// A condition with one place for a value; none where there is no value.
    mutating func add(_ term: String, _ value: (any DatabaseValueConvertible)?) {
        guard let value else { return }
        terms.append(term)
        arguments += [value]
    }

    /// That one of the columns contains the text, whatever the case of its ASCII letters.
    mutating func add(text: String?, in columns: [String]) {
        guard let text, !text.isEmpty else { return }
        let pattern =
            "%"
            + text.reduce(into: "") { pattern, character in
                if "%_\\".contains(character) { pattern.append("\\") }
                pattern.append(character)
            } + "%"
        terms.append("(" + columns.map { "\($0) LIKE ? ESCAPE '\\'" }.joined(separator: " OR ") + ")")
        arguments += StatementArguments(columns.map { _ in pattern })
    }
}
