package import Models
import Synchronization

/// The secrets that one attempt knows: of its configuration, its parameters, its result, and those made on
/// the way.
package final class SecretValues: Sendable {
    private struct State {
        var values: Set<String>
        var redactor: Redactor?
    }

    private let state: Mutex<State>
    /// Wire keys of secret fields, in lower case; values under them are removed whatever they are.
    package let names: Set<String>

    package init(_ values: some Sequence<String> = [], names: Set<String> = []) {
        state = Mutex(State(values: Set(values)))
        self.names = names
    }

    /// Takes a further secret, such as a password made at random.
    package func add(_ value: String) {
        guard !value.isEmpty else { return }
        state.withLock { state in
            if state.values.insert(value).inserted { state.redactor = nil }
        }
    }

    /// Takes every text and whole number within the value.
    package func add(_ value: JSONValue) {
        for text in value.texts { add(text) }
    }

    /// What removes these secrets from text.
    package var redactor: Redactor {
        state.withLock { state in
            if let redactor = state.redactor { return redactor }
            let redactor = Redactor(values: state.values)
            state.redactor = redactor
            return redactor
        }
    }
}

extension JSONValue {
    /// Every text and whole number within.
    var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.texts)
        case .object(let members): members.values.flatMap(\.texts)
        case .integer(let number): [String(number)]
        case .null, .bool, .number: []
        }
    }
}
