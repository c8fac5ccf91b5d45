/// A rule that a field's value must keep to beyond its type. On the wire and in contract files it is one string,
/// a name with arguments behind a colon: `in:active,expired`.
package enum Rule: Sendable, Hashable {
    case alphaDash
    case alphaDashDot
    case alphaNumeric
    case certificatePEM
    case countryCode
    case date
    case dateFormat(String)
    case domainName
    case email
    case filled
    case `in`([String])
    case internationalPhone
    case ip
    /// At most so many characters, items, or (of a number) at most this value.
    case max(Int)
    /// At least so many characters, items, or (of a number) at least this value.
    case min(Int)
    case present
    case regex(String)
    /// Required where the other field has one of the values.
    case requiredIf(field: String, values: [String])
    /// Required where one of the others is missing.
    case requiredWithout([String])
    /// Required where all of the others are missing.
    case requiredWithoutAll([String])
    case size(Int)
    case startsWith(String)
    case url

    private static let plain: [(String, Rule)] = [
        ("alpha_dash", .alphaDash), ("alpha_dash_dot", .alphaDashDot), ("alpha_num", .alphaNumeric),
        ("certificate_pem", .certificatePEM), ("country_code", .countryCode), ("date", .date),
        ("domain_name", .domainName), ("email", .email), ("filled", .filled),
        ("international_phone", .internationalPhone), ("ip", .ip), ("present", .present), ("url", .url),
    ]

    /// Reads a rule as contract files write it; nil where there is no such rule.
    package init?(_ text: String) {
        if let rule = Rule.plain.first(where: { $0.0 == text })?.1 {
            self = rule
            return
        }
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let argument = String(text[text.index(after: colon)...])
        let list = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        switch text[..<colon] {
        case "date_format":
            guard DateFormat.parts(argument) != nil else { return nil }
            self = .dateFormat(argument)
        case "in": self = .in(list)
        case "regex":
            guard DelimitedPattern(argument) != nil else { return nil }
            self = .regex(argument)
        case "starts_with": self = .startsWith(argument)
        case "required_without": self = .requiredWithout(list)
        case "required_without_all": self = .requiredWithoutAll(list)
        case "required_if": self = .requiredIf(field: list[0], values: Array(list.dropFirst()))
        case "max", "min", "size":
            guard let number = Int(argument) else { return nil }
            self = text.hasPrefix("max") ? .max(number) : text.hasPrefix("min") ? .min(number) : .size(number)
        default: return nil
        }
    }

    /// The rule as contract files write it.
    package var text: String {
        switch self {
        case .dateFormat(let format): "date_format:\(format)"
        case .in(let values): "in:\(values.joined(separator: ","))"
        case .max(let number): "max:\(number)"
        case .min(let number): "min:\(number)"
        case .regex(let pattern): "regex:\(pattern)"
        case .requiredIf(let field, let values): "required_if:\(([field] + values).joined(separator: ","))"
        case .requiredWithout(let names): "required_without:\(names.joined(separator: ","))"
        case .requiredWithoutAll(let names): "required_without_all:\(names.joined(separator: ","))"
        case .size(let number): "size:\(number)"
        case .startsWith(let prefix): "starts_with:\(prefix)"
        default: Rule.plain.first { $0.1 == self }?.0 ?? ""
        }
    }
}

extension Rule: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let rule = Rule(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "there is no rule \(text)")
        }
        self = rule
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
