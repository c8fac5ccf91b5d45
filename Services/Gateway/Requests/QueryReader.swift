import Foundation
import Models

/// Reads the query of a request by the definitions of its parameters.
enum QueryReader {
    /// - Parameter place: what pointers begin with; a form's fields stand at the top.
    /// - Throws: `Problem` (422) with pointers such as `/query/limit`, for a parameter that there is not, comes twice,
    ///   or has a value that is not allowed. A parameter without a value counts as not given.
    static func values(
        _ query: String?, parameters: [FieldDefinition], at place: String = "/query"
    ) throws(Problem) -> [String: JSONValue] {
        guard let query, !query.isEmpty else { return try check([:], parameters, [], at: place) }
        var values: [String: JSONValue] = [:]
        var problems: [FieldProblem] = []
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]), let text = parts.count > 1 ? decoded(parts[1]) : "" else {
                problems.append(FieldProblem(pointer: place, detail: "is not well formed"))
                continue
            }
            let pointer = "\(place)/\(JSONPointer.escaped(name))"
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                problems.append(FieldProblem(pointer: pointer, detail: "is not known"))
                continue
            }
            if text.isEmpty { continue }
            guard let value = value(text, of: parameter) else {
                problems.append(FieldProblem(pointer: pointer, detail: expectation(of: parameter)))
                continue
            }
            if values.updateValue(value, forKey: name) != nil {
                problems.append(FieldProblem(pointer: pointer, detail: "is given twice"))
            }
        }
        return try check(values, parameters, problems, at: place)
    }

    private static func check(
        _ values: [String: JSONValue], _ parameters: [FieldDefinition], _ problems: [FieldProblem],
        at place: String
    ) throws(Problem) -> [String: JSONValue] {
        let all = problems.isEmpty ? parameters.problems(in: values, at: place) : problems
        if !all.isEmpty { throw .invalid(all) }
        return values
    }

    private static func decoded(_ text: Substring) -> String? {
        let isEncoded = text.utf8.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "%") }
        let decoded =
            isEncoded ? text.replacing("+", with: " ").removingPercentEncoding : String(text)
        return decoded?.utf8.contains(0) == true ? nil : decoded
    }

    private static func value(_ text: String, of parameter: FieldDefinition) -> JSONValue? {
        switch parameter.type {
        case .integer: Int(text).map { .integer($0) }
        case .boolean: text == "true" ? true : text == "false" ? false : nil
        default: .string(text)
        }
    }

    private static func expectation(of parameter: FieldDefinition) -> String {
        parameter.type == .integer ? "must be a whole number" : "must be true or false"
    }
}
