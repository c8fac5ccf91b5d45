extension [MessageCatalogue] {
    /// The schemas of everything that the catalogues name, for `components` of OpenAPI and AsyncAPI: enumerations,
    /// structures, the data of messages, and the types of `Models` that they refer to. They refer to each other as
    /// `#/components/schemas/<Name>`.
    package var componentSchemas: [String: JSONValue] {
        reduce(into: HandwrittenType.schemas) { $0.merge($1.declaredSchemas) { _, last in last } }
    }
}

extension MessageCatalogue {
    /// The schemas of what this catalogue declares itself; what they refer to may be in others.
    package var declaredSchemas: [String: JSONValue] {
        let writer = SchemaWriter(use: .component)
        var schemas: [String: JSONValue] = [:]
        for enumeration in enumerations {
            var schema: [String: JSONValue] = [
                "type": "string", "enum": .array(enumeration.values.map { .string($0) }),
            ]
            if !enumeration.help.isEmpty { schema["description"] = .string(enumeration.help) }
            schemas[enumeration.name] = .object(schema)
        }
        for type in types { schemas[type.name] = writer.object(type.fields, help: type.help) }
        for message in messages { schemas[message.name] = writer.object(message.fields, help: message.help) }
        return schemas
    }
}
