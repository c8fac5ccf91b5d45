package import Models

extension Sealer {
    /// Seals every secret of an object. What is sealed already stays as it is.
    ///
    /// - Parameter context: what the fields belong to, as in `act_…/parameters`; `/` and the field's path are added.
    package func seal(
        secretsOf object: [String: JSONValue], fields: [FieldDefinition], context: String
    ) throws -> [String: JSONValue] {
        try fields.mapSecrets(in: object) { value, path in
            if case .string(let text) = value, Self.isSealed(text) { return value }
            return .string(try seal(value, context: "\(context)/\(path)"))
        }
    }

    /// Opens every secret of an object that is sealed.
    package func open(
        secretsOf object: [String: JSONValue], fields: [FieldDefinition], context: String
    ) throws -> [String: JSONValue] {
        try fields.mapSecrets(in: object) { value, path in
            guard case .string(let text) = value, Self.isSealed(text) else { return value }
            return try open(text, context: "\(context)/\(path)")
        }
    }

    /// Opens whatever is sealed within a value.
    ///
    /// - Parameter context: what the value was sealed under; `/` and a path are added for what is within it.
    package func open(allIn value: JSONValue, context: String) throws(SealingError) -> JSONValue {
        switch value {
        case .string(let text): return Self.isSealed(text) ? try open(text, context: context) : value
        case .array(let elements):
            var opened: [JSONValue] = []
            // Indexes are no part of a path.
            for element in elements { opened.append(try open(allIn: element, context: context)) }
            return .array(opened)
        case .object(var members):
            for (name, member) in members {
                members[name] = try open(allIn: member, context: "\(context)/\(name)")
            }
            return .object(members)
        case .null, .bool, .integer, .number: return value
        }
    }
}
