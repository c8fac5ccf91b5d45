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
}
