import Yams

/// A mapping of a contract file, read key by key; a key that no one asked for is a mistake.
struct YAMLReader {
    let file: String
    let node: Node

    func error(_ message: String) -> ContractError {
        ContractError(
            file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, message: message)
    }

    /// The members in the order of the file.
    func members() throws -> [(name: String, value: YAMLReader)] {
        if node.null != nil { return [] }
        guard let mapping = node.mapping else { throw error("a mapping was expected") }
        return try mapping.map { key, value in
            guard let name = key.string else { throw error("a key must be text") }
            return (name, YAMLReader(file: file, node: value))
        }
    }

    /// The members by name, after making sure that there are none but `known`.
    func members(known: [String]) throws -> [String: YAMLReader] {
        let all = try members()
        if let stranger = all.first(where: { !known.contains($0.name) }) {
            throw stranger.value.error(
                "there is no key \(stranger.name) here; known are \(known.joined(separator: ", "))")
        }
        return Dictionary(all.map { ($0.name, $0.value) }) { _, last in last }
    }

    func text() throws -> String {
        guard let scalar = node.scalar else { throw error("text was expected") }
        return scalar.string
    }

    func list() throws -> [YAMLReader] {
        guard let sequence = node.sequence else { throw error("a list was expected") }
        return sequence.map { YAMLReader(file: file, node: $0) }
    }

    func integer() throws -> Int {
        guard let value = node.int else { throw error("a whole number was expected") }
        return value
    }

    func boolean() throws -> Bool {
        guard let value = node.bool else { throw error("true or false was expected") }
        return value
    }
}
