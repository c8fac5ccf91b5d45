extension [FieldDefinition] {
    /// What is wrong with an object, judged by its fields: types as written (`"5"` is no whole number), required and
    /// null members, unknown members, rules, and `ValidationLimit`.
    ///
    /// Required means that the member is there and neither null (unless nullable) nor an empty text, list or object. An
    /// optional text may be empty, but then has to keep to its rules all the same, unless `present` is among them. Each
    /// field has at most one problem of its own. Apply defaults before.
    ///
    /// - Parameters:
    ///   - object: the members.
    ///   - pointer: the JSON pointer of the object itself, as in `/parameters`; empty for a whole document.
    /// - Returns: at most `ValidationLimit.problems` problems, in the order of the fields, unknown members last; none
    ///   where the object is good. Their texts never show a value.
    package func problems(in object: [String: JSONValue], at pointer: String = "") -> [FieldProblem] {
        var validator = FieldValidator(base: pointer)
        validator.check(object, against: self)
        return validator.problems
    }

    /// The object with the default of every field that is absent; also within objects and lists that are there.
    /// A null that is there stays.
    package func applyingDefaults(to object: [String: JSONValue]) -> [String: JSONValue] {
        var result = object
        for field in self {
            if let value = object[field.name] {
                if field.fields != nil || field.items != nil {
                    result[field.name] = field.applyingDefaults(to: value)
                }
            } else if let value = field.defaultValue {
                result[field.name] = value
            }
        }
        return result
    }
}

extension FieldDefinition {
    fileprivate func applyingDefaults(to value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            guard let fields else { return value }
            return .object(fields.applyingDefaults(to: members))
        case .array(let elements):
            guard let item = items?.first, item.fields != nil || item.items != nil else { return value }
            return .array(elements.map { item.applyingDefaults(to: $0) })
        default: return value
        }
    }
}
