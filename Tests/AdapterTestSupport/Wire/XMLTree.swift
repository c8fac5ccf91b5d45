import Foundation
import FoundationXML

/// An XML document by its structure: names, attributes, text without space around it, and children in order.
final class XMLTree: Sendable, Equatable, CustomStringConvertible {
    let name: String
    let attributes: [String: String]
    let text: String
    let children: [XMLTree]

    private init(name: String, attributes: [String: String], text: String, children: [XMLTree]) {
        self.name = name
        self.attributes = attributes
        self.text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        self.children = children
    }

    /// Reads a document; nil where it is none.
    convenience init?(_ document: String) {
        let reader = Reader()
        let parser = XMLParser(data: Data(document.utf8))
        parser.delegate = reader
        guard parser.parse(), let root = reader.open.first?.children.first else { return nil }
        self.init(name: root.name, attributes: root.attributes, text: root.text, children: root.children)
    }

    static func == (left: XMLTree, right: XMLTree) -> Bool {
        left.name == right.name && left.attributes == right.attributes && left.text == right.text
            && left.children == right.children
    }

    var description: String {
        let attributes = attributes.sorted { $0.key < $1.key }.map { " \($0.key)=\"\($0.value)\"" }.joined()
        return "<\(name)\(attributes)>\(text)\(children.map(\.description).joined())</\(name)>"
    }

    private final class Reader: NSObject, XMLParserDelegate {
        struct Element {
            var name = ""
            var attributes: [String: String] = [:]
            var text = ""
            var children: [XMLTree] = []
        }

        /// The elements that are open, the document itself first.
        var open = [Element()]

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            open.append(Element(name: name, attributes: attributes))
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            open[open.count - 1].text += text
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            let element = open.removeLast()
            open[open.count - 1].children.append(
                XMLTree(
                    name: element.name, attributes: element.attributes, text: element.text,
                    children: element.children))
        }
    }
}
