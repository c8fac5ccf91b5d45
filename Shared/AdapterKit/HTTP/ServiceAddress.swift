import Foundation
import Models

/// Where a third party's interface is, as a configuration says it: `https://api.example.com:8443/v1`.
package struct ServiceAddress: Sendable, Equatable {
    package let scheme: String
    /// In lower case, without brackets.
    package let host: String
    /// The scheme's own where nil.
    package let port: Int?
    /// Begins with `/` and has none at its end; empty at the root.
    package let path: String

    /// Reads an address; one without a scheme is `https`. A query or fragment is left out.
    ///
    /// - Throws: `internal` where it is none, is neither `http` nor `https`, or has credentials in it: the
    ///   configuration is to be corrected.
    package init(_ text: String) throws(ProviderError) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let parts = URLComponents(string: text.contains("://") ? text : "https://" + text),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host?.lowercased().trimmingCharacters(in: CharacterSet(charactersIn: "[]")),
            !host.isEmpty, host.unicodeScalars.allSatisfy(Self.isOfHost),
            parts.user == nil, parts.password == nil
        else {
            throw ProviderError(.internal, details: ["problem": "The configured address is not valid."])
        }
        self.scheme = scheme
        self.host = host
        port = parts.port
        let segments = parts.path.split(separator: "/")
        path = segments.isEmpty ? "" : "/" + segments.joined(separator: "/")
    }

    /// Whether a character may be in a host's name or address; what is percent-encoded there is read as what it stands for.
    private static func isOfHost(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_", ":": true
        default: !scalar.isASCII && !scalar.properties.isWhitespace
        }
    }

    /// The address itself, as in `https://api.example.com:8443/v1`.
    package var url: String {
        let host = host.contains(":") ? "[\(host)]" : host
        let port = port.map { ":\($0)" } ?? ""
        return "\(scheme)://\(host)\(port)\(path.isEmpty ? "" : PercentEncoding.path(path))"
    }
}

extension HTTPRequest {
    /// A request to a path below an address.
    package init(
        _ method: Method, at address: ServiceAddress, path: String, query: [Field] = [],
        headers: [Field] = [], body: Body = .none, isChanging: Bool? = nil,
        timeLimit: Duration = .seconds(60)
    ) {
        self.init(
            method, scheme: address.scheme, host: address.host, port: address.port,
            path: address.path + path, query: query, headers: headers, body: body, isChanging: isChanging,
            timeLimit: timeLimit)
    }

    /// An id as one segment of a path.
    ///
    /// - Throws: `invalidInput` where it could make the path another one: it is empty, `.` or `..`, or has a
    ///   slash.
    package static func segment(_ id: String) throws(ProviderError) -> String {
        guard !id.isEmpty, id != ".", id != "..", !id.contains("/") else {
            throw ProviderError(.invalidInput, details: ["problem": "This cannot be an id."])
        }
        return id
    }
}

extension HTTPRequest.Field {
    /// The header of HTTP's basic authentication.
    ///
    /// - SeeAlso: RFC 7617, section 2.
    package static func basicAuthorization(username: String, password: String) -> Self {
        Self("Authorization", "Basic \(Data("\(username):\(password)".utf8).base64EncodedString())")
    }
}
