package import Foundation
import FoundationXML

/// An XML element as a value, for third parties that speak XML. Text and child elements are kept apart: the
/// interfaces of third parties do not mix them.
///
/// - SeeAlso: Extensible Markup Language (XML) 1.0, Fifth Edition; Namespaces in XML 1.0.
package struct XMLValue: Sendable, Equatable {
    package struct Attribute: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    /// As it is written, with a prefix where there is one; without it where the element was read.
    package var name: String
    /// Of an element that was read: the namespace that its prefix stands for.
    package var namespace: String?
    /// In the order in which they are written.
    package var attributes: [Attribute]
    package var text: String
    package var children: [XMLValue]

    package init(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String = "",
        _ children: [XMLValue] = []
    ) {
        self.name = name
        self.attributes = attributes.map { Attribute(name: $0.key, value: $0.value) }
        self.text = text
        self.children = children
    }

    /// The first child of that name.
    package subscript(_ name: String) -> XMLValue? { children.first { $0.name == name } }

    /// All children of that name.
    package func all(_ name: String) -> [XMLValue] { children.filter { $0.name == name } }

    /// The value of an attribute.
    package func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

    /// The text without space around it; nil where there is none.
    package var content: String? {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return trimmed.isEmpty ? nil : trimmed
    }

    /// The element as a document in UTF-8, with its declaration. Characters that XML 1.0 cannot hold are left
    /// out.
    package var document: String {
        let document = XMLDocument(rootElement: element)
        document.version = "1.0"
        document.characterEncoding = "UTF-8"
        return document.xmlString(options: .nodeCompactEmptyElement)
    }

    private var element: XMLElement {
        let element = XMLElement(name: name)
        for attribute in attributes {
            let node = XMLNode(kind: .attribute)
            node.name = attribute.name
            node.stringValue = Self.allowed(attribute.value)
            element.addAttribute(node)
        }
        if !text.isEmpty { element.stringValue = Self.allowed(text) }
        for child in children { element.addChild(child.element) }
        return element
    }

    /// - SeeAlso: XML 1.0, production 2 (Char).
    private static func allowed(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(
            contentsOf: text.unicodeScalars.filter { scalar in
                switch scalar.value {
                case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
                default: false
                }
            })
        return String(scalars)
    }
}

// MARK: Reading

extension XMLValue {
    /// How deep elements may lie within each other: 100.
    package static let depthLimit = 100

    /// Why a text could not be read as XML.
    package struct ReadingError: Error, Sendable, Equatable {
        package let problem: String
    }

    /// Reads a document. One that declares anything is refused, be it entities, attributes or elements: no third party
    /// needs that, and it can be made to grow without end, or to name files. That a document has a type is let through;
    /// what it names is not fetched.
    ///
    /// - Throws: `ReadingError` where it is not well formed, too deep, or declares something.
    package init(document: Data) throws(ReadingError) {
        if let refusal = Self.refusal(of: document) { throw ReadingError(problem: refusal) }
        let reader = Reader()
        let parser = XMLParser(data: document)
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = reader
        let isParsed = parser.parse()
        if let problem = reader.problem { throw ReadingError(problem: problem) }
        guard isParsed, let root = reader.open.first?.children.first else {
            throw ReadingError(problem: "is no XML, or cut off")
        }
        self = root
    }

    private final class Reader: NSObject, XMLParserDelegate {
        /// The elements that are open, the document itself first.
        var open = [XMLValue("")]
        var problem: String?

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            guard open.count <= XMLValue.depthLimit else {
                return stop(parser, "has elements within each other more than \(XMLValue.depthLimit) deep")
            }
            var element = XMLValue(name)
            element.namespace = namespaceURI.flatMap { $0.isEmpty ? nil : $0 }
            element.attributes = attributes.sorted { $0.key < $1.key }.map {
                Attribute(name: $0.key, value: $0.value)
            }
            open.append(element)
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) { open[open.count - 1].text += text }

        func parser(_ parser: XMLParser, foundCDATA data: Data) {
            open[open.count - 1].text += String(decoding: data, as: UTF8.self)
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            guard open.count > 1 else { return }
            let element = open.removeLast()
            open[open.count - 1].children.append(element)
        }

        func parser(
            _ parser: XMLParser, foundInternalEntityDeclarationWithName name: String, value: String?
        ) {
            stop(parser, "declares entities")
        }

        func parser(
            _ parser: XMLParser, foundExternalEntityDeclarationWithName name: String, publicID: String?,
            systemID: String?
        ) {
            stop(parser, "declares entities")
        }

        func parser(
            _ parser: XMLParser, foundUnparsedEntityDeclarationWithName name: String, publicID: String?,
            systemID: String?, notationName: String?
        ) {
            stop(parser, "declares entities")
        }

        func parser(
            _ parser: XMLParser, foundAttributeDeclarationWithName name: String, forElement element: String,
            type: String?, defaultValue: String?
        ) {
            stop(parser, "declares attributes")
        }

        func parser(
            _ parser: XMLParser, foundElementDeclarationWithName name: String, model: String
        ) {
            stop(parser, "declares elements")
        }

        func parser(
            _ parser: XMLParser, foundNotationDeclarationWithName name: String, publicID: String?,
            systemID: String?
        ) {
            stop(parser, "declares notations")
        }

        private func stop(_ parser: XMLParser, _ problem: String) {
            self.problem = self.problem ?? problem
            parser.abortParsing()
        }
    }
}
