import Yams

/// A mistake in a contract file, told as a compiler tells it.
struct ContractError: Error, CustomStringConvertible {
    let file: String
    /// Counted from 1.
    let line: Int
    /// Counted from 1, in Unicode scalars.
    let column: Int
    let message: String

    var description: String { "\(file):\(line):\(column): error: \(message)" }
}

extension ContractError {
    /// What the YAML reader could not make sense of.
    init(file: String, _ error: YamlError) {
        self.file = file
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (line, column, message) = (mark.line, mark.column, "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            (line, column) = (context.mark.line, context.mark.column)
            message = "a key is there twice in this mapping: \(duplicates.joined(separator: ", "))"
        default: (line, column, message) = (1, 1, "not YAML: \(error)")
        }
    }
}
