import Models

/// What a product says of a type of business event, in the place of what the blueprint says.
struct EventOverride: Sendable, Equatable {
    /// The longest delay: a year.
    static let longestDelaySeconds = 365 * 86_400

    /// Whether nothing is to be done.
    var isOff = false
    /// The function to run; the blueprint's where nil.
    var function: String?
    var delaySeconds = 0

    /// Reads a product's setting, which was checked when it was made.
    init(_ value: JSONValue) {
        isOff = value == .null
        function = value["function"]?.stringValue
        delaySeconds = value["delay_seconds"]?.integerValue ?? 0
    }

    /// A product's settings, changed: types not given stay, null means nothing is done, `{}` what the blueprint says.
    ///
    /// - Throws: `RequestFailure` (`invalid`) with the members that are wrong.
    static func merged(
        _ changed: [String: JSONValue], into settings: [String: JSONValue], blueprint: BlueprintDefinition?
    ) throws(RequestFailure) -> [String: JSONValue] {
        var problems: [FieldProblem] = []
        var settings = settings
        for (type, value) in changed.sorted(by: { $0.key < $1.key }) {
            let pointer = "/business_events/\(type.replacing("~", with: "~0").replacing("/", with: "~1"))"
            guard BusinessEventType(rawValue: type) != nil else {
                let known = BusinessEventType.allCases.map(\.rawValue).joined(separator: ", ")
                problems.append(FieldProblem(pointer: pointer, detail: "is not known; known are \(known)"))
                continue
            }
            switch value {
            case .null: settings[type] = value
            case .object(let members):
                problems += Self.fields(blueprint).problems(in: members, at: pointer)
                settings[type] = members.isEmpty ? nil : value
            default:
                problems.append(FieldProblem(pointer: pointer, detail: "must be an object or null"))
            }
        }
        guard problems.isEmpty else {
            throw RequestFailure(
                .invalid, "The contract product is not as it should be.", problems: problems)
        }
        return settings
    }

    private static func fields(_ blueprint: BlueprintDefinition?) -> [FieldDefinition] {
        let functions = (blueprint?.functions ?? []).map(\.name)
        return [
            FieldDefinition(name: "function", type: .string, rules: [.in(functions), .filled]),
            FieldDefinition(
                name: "delay_seconds", type: .integer, rules: [.min(0), .max(longestDelaySeconds)]),
        ]
    }
}
