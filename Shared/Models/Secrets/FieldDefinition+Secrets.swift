extension [FieldDefinition] {
    /// The object with every secret value replaced by what `transform` makes of it.
    ///
    /// Null and absent values are not visited, and neither are members that no field describes. Where a field has
    /// secrets within and its value is of another shape than the field says, the whole value is visited, so that nothing
    /// slips through.
    ///
    /// - Parameters:
    ///   - object: the members that these fields describe.
    ///   - transform: takes the value and its path: the member names joined by `/`, list indexes left out, as in
    ///     `software/admin_password`.
    package func mapSecrets(
        in object: [String: JSONValue], _ transform: (JSONValue, String) throws -> JSONValue
    ) rethrows -> [String: JSONValue] {
        try mapSecrets(in: object, under: "", transform)
    }

    /// The object with `Secret.mask` in the place of every secret value.
    package func masked(_ object: [String: JSONValue]) -> [String: JSONValue] {
        mapSecrets(in: object) { _, _ in .string(Secret.mask) }
    }

    private func mapSecrets(
        in object: [String: JSONValue], under path: String,
        _ transform: (JSONValue, String) throws -> JSONValue
    ) rethrows -> [String: JSONValue] {
        var result = object
        for field in self where field.hasSecrets {
            guard let value = object[field.name], value != .null else { continue }
            result[field.name] = try field.mapSecrets(in: value, at: path + field.name, transform)
        }
        return result
    }

    fileprivate func mapMembers(
        of object: [String: JSONValue], at path: String, _ transform: (JSONValue, String) throws -> JSONValue
    ) rethrows -> JSONValue {
        .object(try mapSecrets(in: object, under: path + "/", transform))
    }
}

extension BlueprintDefinition {
    /// Every parameter and every part of a result that is secret or has secrets within, each name once: what has to be
    /// sealed where fields come without their function, as in business events, and among a product's provision fields.
    package var secretFields: [FieldDefinition] {
        Self.once(functions.flatMap(\.parameters) + functions.flatMap(\.result))
    }

    private static func once(_ fields: [FieldDefinition]) -> [FieldDefinition] {
        fields.filter(\.hasSecrets).reduce(into: []) { fields, field in
            if !fields.contains(where: { $0.name == field.name }) { fields.append(field) }
        }
    }
}

extension FieldDefinition {
    /// Whether the field, or anything within it, is secret.
    package var hasSecrets: Bool {
        isSecret || fields?.contains(where: \.hasSecrets) ?? false
            || items?.contains(where: \.hasSecrets) ?? false
    }

    fileprivate func mapSecrets(
        in value: JSONValue, at path: String, _ transform: (JSONValue, String) throws -> JSONValue
    ) rethrows -> JSONValue {
        if isSecret { return try transform(value, path) }
        switch value {
        case .null: return value
        case .object(let members):
            guard let fields else { return try transform(value, path) }
            return try fields.mapMembers(of: members, at: path, transform)
        case .array(let elements):
            guard let item = items?.first else { return try transform(value, path) }
            return .array(
                try elements.map { $0 == .null ? $0 : try item.mapSecrets(in: $0, at: path, transform) })
        default: return try transform(value, path)
        }
    }
}
