/// A named structure that crosses a wire.
package struct StructureDefinition: Codable, Sendable, Equatable {
    package var name: String
    package var help: String
    package var fields: [FieldDefinition]

    package init(name: String, help: String, fields: [FieldDefinition]) {
        self.name = name
        self.help = help
        self.fields = fields
    }
}

/// A message of the bus: its type literal, its data, and the answer it wants where it is a request.
package struct MessageDefinition: Codable, Sendable, Equatable {
    /// The envelope's type, as in `action.execute.v1`.
    package var type: String
    package var name: String
    package var help: String
    /// The name of the structure that answers it; nil where it is no request.
    package var reply: String?
    package var fields: [FieldDefinition]

    package init(type: String, name: String, help: String, reply: String?, fields: [FieldDefinition]) {
        self.type = type
        self.name = name
        self.help = help
        self.reply = reply
        self.fields = fields
    }
}

/// A closed set of words, which on the wire is text.
package struct EnumerationDefinition: Codable, Sendable, Equatable {
    package var name: String
    package var help: String
    package var values: [String]

    package init(name: String, help: String, values: [String]) {
        self.name = name
        self.help = help
        self.values = values
    }
}

/// The messages, structures and enumerations of one contract file.
package struct MessageCatalogue: Codable, Sendable, Equatable {
    package var title: String
    package var enumerations: [EnumerationDefinition]
    package var types: [StructureDefinition]
    package var messages: [MessageDefinition]

    package init(
        title: String, enumerations: [EnumerationDefinition], types: [StructureDefinition],
        messages: [MessageDefinition]
    ) {
        self.title = title
        self.enumerations = enumerations
        self.types = types
        self.messages = messages
    }
}
