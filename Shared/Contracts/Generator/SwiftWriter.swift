import ContractSchema
import Foundation

/// Writes the Swift of a contract: typed structures with `Codable` and memberwise initialisers, and the definition
/// itself for all that is derived from it at run time.
struct SwiftWriter {
    private var lines: [String] = []
    private var depth = 0

    var text: String { lines.joined(separator: "\n") + "\n" }

    private static let keywords: Set<String> = [
        "as", "case", "class", "default", "defer", "do", "else", "enum", "extension", "false", "for", "func",
        "if",
        "import", "in", "init", "is", "let", "operator", "private", "protocol", "public", "repeat", "return",
        "self",
        "static", "struct", "switch", "throw", "throws", "true", "try", "var", "where", "while", "internal",
    ]

    mutating func line(_ text: String) {
        lines.append(text.isEmpty ? "" : String(repeating: "    ", count: depth) + text)
    }

    mutating func block(_ head: String, _ body: (inout SwiftWriter) throws -> Void) rethrows {
        line(head + " {")
        depth += 1
        try body(&self)
        depth -= 1
        line("}")
    }

    mutating func comment(_ text: String) {
        if !text.isEmpty { line("/// \(text)") }
    }

    // MARK: Files

    mutating func blueprint(
        _ definition: BlueprintDefinition, types: [StructureDefinition], parameterTypes: [String: String],
        resultTypes: [String: String]
    ) throws {
        comment(definition.help)
        try block("package enum \(pascal(definition.category))") { writer in
            try writer.literal("blueprint", definition)
            for type in types { writer.structure(type.name, help: type.help, fields: type.fields) }
            let declared = Set(types.map(\.name))
            for function in definition.functions {
                if let name = parameterTypes[function.name], !declared.contains(name) {
                    writer.structure(name, help: "What \(function.name) takes.", fields: function.parameters)
                }
                if let name = resultTypes[function.name], !declared.contains(name) {
                    writer.structure(name, help: "What \(function.name) answers.", fields: function.result)
                }
            }
        }
    }

    mutating func provider(_ descriptor: ProviderDescriptor) throws {
        comment("The contract of the provider \(descriptor.provider): \(descriptor.help)")
        try block("package enum \(pascal(descriptor.category))\(pascal(descriptor.provider))Contract") {
            writer in
            try writer.literal("descriptor", descriptor)
            writer.structure(
                "Configuration", help: "One account at \(descriptor.title).", fields: descriptor.configuration
            )
        }
    }

    mutating func messages(_ catalogue: MessageCatalogue) throws {
        for enumeration in catalogue.enumerations {
            comment(enumeration.help)
            block("package enum \(enumeration.name): String, Codable, JSONConvertible, Sendable, CaseIterable") { writer in
                for value in enumeration.values {
                    writer.line(
                        "case \(Self.identifier(camel(value)))"
                            + (camel(value) == value ? "" : " = \"\(value)\""))
                }
            }
        }
        for type in catalogue.types { structure(type.name, help: type.help, fields: type.fields) }
        for message in catalogue.messages {
            let conformance = message.reply == nil ? "MessagePayload" : "BusRequest"
            structure(message.name, help: message.help, fields: message.fields, conformance: conformance) {
                writer in
                writer.line("package static let messageType = \"\(message.type)\"")
                if let reply = message.reply { writer.line("package typealias Reply = \(reply)") }
            }
        }
        try block("package enum \(pascal(catalogue.title))Contract") { writer in
            try writer.literal("catalogue", catalogue)
        }
    }

    // MARK: Parts

    private mutating func literal<Definition: Encodable>(_ name: String, _ definition: Definition) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(definition), as: UTF8.self)
        line("package static let \(name): \(Definition.self) = contractLiteral(")
        line("    ###\"\(json)\"###)")
    }

    private mutating func structure(
        _ name: String, help: String, fields: [FieldDefinition],
        conformance: String = "Codable, JSONConvertible, Sendable, Equatable",
        extra: (inout SwiftWriter) -> Void = { _ in }
    ) {
        comment(help)
        let conformances = conformance.contains("Codable") ? conformance : conformance + ", Equatable"
        block("package struct \(name): \(conformances)") { writer in
            extra(&writer)
            for field in fields {
                writer.comment(field.help)
                writer.line("package var \(Self.identifier(camel(field.name))): \(Self.swiftType(field))")
            }
            for field in fields {
                if let nested = Self.inlineFields(field) {
                    writer.structure(pascal(field.name), help: field.help, fields: nested)
                }
            }
            let parameters = fields.map {
                "\(Self.identifier(camel($0.name))): \(Self.swiftType($0))"
                    + (Self.isOptional($0) ? " = nil" : "")
            }
            writer.block("package init(\(parameters.joined(separator: ", ")))") { writer in
                for field in fields {
                    let property = Self.identifier(camel(field.name))
                    writer.line("self.\(property) = \(property)")
                }
            }
            if !fields.isEmpty {
                writer.block("private enum CodingKeys: String, CodingKey") { writer in
                    for field in fields {
                        writer.line("case \(Self.identifier(camel(field.name))) = \"\(field.name)\"")
                    }
                }
            }
            writer.jsonForm(fields)
        }
    }

    /// Reading from a JSON value and writing as JSON text (`JSONConvertible`).
    private mutating func jsonForm(_ fields: [FieldDefinition]) {
        block("package init(json value: JSONValue) throws(JSONShapeError)") { writer in
            writer.line((fields.isEmpty ? "_ = " : "let members = ") + "try JSONMembers(value)")
            for field in fields {
                let call = Self.isOptional(field) ? "optional" : "required"
                writer.line("\(Self.property(field)) = try members.\(call)(\"\(field.name)\")")
            }
        }
        block("package func write(to bytes: inout [UInt8])") { writer in
            writer.line("bytes.append(123)")
            for field in fields {
                writer.line("\(Self.property(field)).writeMember(\"\\\"\(field.name)\\\":\", to: &bytes)")
            }
            writer.line("bytes.append(125)")
        }
    }

    private static func property(_ field: FieldDefinition) -> String { "self.\(identifier(camel(field.name)))" }

    private static func identifier(_ name: String) -> String {
        keywords.contains(name) ? "`\(name)`" : name
    }

    private static func isOptional(_ field: FieldDefinition) -> Bool { !field.isRequired || field.isNullable }

    /// The members of a structure that has no name of its own.
    private static func inlineFields(_ field: FieldDefinition) -> [FieldDefinition]? {
        let inner = field.type == .array ? field.items?.first : field
        return inner?.reference == nil ? inner?.fields : nil
    }

    private static func swiftType(_ field: FieldDefinition) -> String {
        plainType(field, name: field.name) + (isOptional(field) ? "?" : "")
    }

    private static func plainType(_ field: FieldDefinition, name: String) -> String {
        if let reference = field.reference { return reference }
        switch field.type {
        case .string: return "String"
        case .integer: return "Int"
        case .number: return "Double"
        case .boolean: return "Bool"
        case .any: return "JSONValue"
        case .object: return field.fields == nil ? "[String: JSONValue]" : pascal(name)
        case .array:
            guard let item = field.items?.first else { return "JSONValue" }
            return "[\(plainType(item, name: name))]"
        }
    }
}
