/// A mistake in a contract file, told as a compiler tells it.
struct ContractError: Error, CustomStringConvertible {
    let file: String
    let line: Int
    let message: String

    var description: String { "\(file):\(line):1: error: \(message)" }
}
