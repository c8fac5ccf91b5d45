import AdapterKit
import Foundation
import Models

/// What a request says, apart from how it is written: fields of query and form together and in no order, JSON
/// and XML by structure.
struct RequestMeaning: Sendable, Equatable, CustomStringConvertible {
    var method: String
    var scheme: String
    var host: String
    var port: Int
    var path: String
    /// `name=value`, decoded, sorted.
    var fields: [String]
    var content: Content

    enum Content: Sendable, Equatable {
        case none
        case json(JSONValue)
        case xml(XMLTree)
        case text(String)
    }

    init?(recorded request: JSONValue) {
        guard let method = request["method"]?.stringValue, let host = request["host"]?.stringValue,
            let path = request["path"]?.stringValue
        else { return nil }
        self.method = method
        self.host = host.lowercased()
        self.path = path.removingPercentEncoding ?? path
        scheme = request["scheme"]?.stringValue ?? "https"
        port = request["port"]?.integerValue ?? (scheme == "http" ? 80 : 443)
        let headers = request["headers"]?.objectValue ?? [:]
        let contentType = headers.first { $0.key.lowercased() == "content-type" }?.value.stringValue
        self.fields = []
        content = .none
        add(query: request["query"]?.stringValue ?? "")
        take(body: request["body"]?.stringValue ?? "", contentType: contentType ?? "")
    }

    init(_ request: HTTPRequest) {
        method = request.method.rawValue
        scheme = request.scheme
        host = request.host.lowercased()
        port = request.port ?? (scheme == "http" ? 80 : 443)
        path = request.path
        fields = request.query.map { "\($0.name)=\($0.value)" }
        content = .none
        if let text = request.bodyText { take(body: text, contentType: request.contentType ?? "") }
        fields.sort()
    }

    private mutating func add(query: String) {
        fields += (PercentEncoding.fields(query) ?? []).map { "\($0.name)=\($0.value)" }
        fields.sort()
    }

    private mutating func take(body: String, contentType: String) {
        let start = body.first { !$0.isWhitespace }
        if body.isEmpty {
            content = .none
        } else if contentType.contains("form-urlencoded") {
            add(query: body)
        } else if start == "<", let tree = XMLTree(body) {
            content = .xml(tree)
        } else if let value = try? JSONDecoder().decode(JSONValue.self, from: Data(body.utf8)) {
            content = .json(value.withoutNulls)
        } else {
            content = .text(body)
        }
    }

    var description: String {
        let text =
            switch content {
            case .none: ""
            case .json(let value): " \(value.text)"
            case .xml(let tree): " \(tree)"
            case .text(let text): " \(text)"
            }
        return "\(method) \(scheme)://\(host):\(port)\(path) \(fields.joined(separator: "&"))\(text)"
    }
}

extension JSONValue {
    /// The value without members that are null: absent and null say the same.
    var withoutNulls: JSONValue {
        switch self {
        case .object(let members): .object(members.filter { $0.value != .null }.mapValues(\.withoutNulls))
        case .array(let elements): .array(elements.map(\.withoutNulls))
        default: self
        }
    }
}
