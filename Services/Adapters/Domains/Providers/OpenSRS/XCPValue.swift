import AdapterKit
import Crypto
import Foundation
import Models

/// A value of XCP, in which OpenSRS writes everything: a text, a list, or members in their order.
///
/// - SeeAlso: https://domains.opensrs.guide/docs/xml-message-format
indirect enum XCPValue: Sendable {
    case text(String)
    case list([XCPValue])
    case members([(String, XCPValue)])

    /// As an element that stands below a key.
    private func item(_ key: String) -> XMLValue {
        switch self {
        case .text(let text): XMLValue("item", ["key": key], text: text)
        case .list, .members: XMLValue("item", ["key": key], [block])
        }
    }

    private var block: XMLValue {
        switch self {
        case .text(let text): XMLValue("dt_scalar", text: text)
        case .list(let elements):
            XMLValue("dt_array", [:], elements.enumerated().map { $0.element.item("\($0.offset)") })
        case .members(let members): XMLValue("dt_assoc", [:], members.map { $0.1.item($0.0) })
        }
    }

    /// A whole message with this as its content. The document type is named, as the vendor's examples have it.
    var envelope: String {
        let header = XMLValue("header", [:], [XMLValue("version", text: "0.9")])
        let body = XMLValue("body", [:], [XMLValue("data_block", [:], [block])])
        let root = XMLValue("OPS_envelope", [:], [header, body])
        let head = #"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#
        let type = #"<!DOCTYPE OPS_envelope SYSTEM "ops.dtd">"#
        let document = root.document
        let start = document.firstRange(of: "<OPS_envelope")?.lowerBound ?? document.startIndex
        return "\(head)\n\(type)\n\(document[start...])"
    }
}

extension XCPValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    init(stringLiteral text: String) { self = .text(text) }
    init(arrayLiteral elements: XCPValue...) { self = .list(elements) }
    init(dictionaryLiteral members: (String, XCPValue)...) { self = .members(members) }
}

extension JSONValue {
    /// Reads the content of a message; nil where it is none.
    init?(envelope root: XMLValue) {
        guard root.name == "OPS_envelope", let block = root["body"]?["data_block"] else { return nil }
        self.init(xcp: block)
    }

    /// What stands below a key: a list, members, or a text.
    private init(xcp element: XMLValue) {
        if let members = element["dt_assoc"] {
            let pairs = members.all("item").map { ($0.attribute("key") ?? "", JSONValue(xcp: $0)) }
            self = .object(Dictionary(pairs) { _, last in last })
        } else if let list = element["dt_array"] {
            let items = list.all("item").sorted { $0.index < $1.index }
            self = .array(items.map { JSONValue(xcp: $0) })
        } else {
            self = .string(element["dt_scalar"]?.content ?? element.content ?? "")
        }
    }
}

extension XMLValue {
    /// The place in a list.
    fileprivate var index: Int { attribute("key").flatMap { Int($0) } ?? .max }
}

/// The proof that a message is its sender's.
///
/// - SeeAlso: https://domains.opensrs.guide/docs/connection-information
enum OpenSRSSignature {
    static func of(_ message: String, key: String) -> String { md5(md5(message + key) + key) }

    /// MD5 is what the vendor takes; the connection's own protection is TLS.
    private static func md5(_ text: String) -> String {
        Insecure.MD5.hash(data: Data(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
