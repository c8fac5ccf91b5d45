import Foundation
package import Models

/// One request to a third party. Bodies and queries are given as values and encoded here, never put together
/// as text.
package struct HTTPRequest: Sendable, Equatable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package enum Body: Sendable, Equatable {
        case none
        /// `application/x-www-form-urlencoded`, in the order given.
        case form([Field])
        case json(JSONValue)
        /// Text in UTF-8 that an encoder made, with its content type.
        case text(String, contentType: String)
    }

    /// A named value of a query or form.
    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var method: Method
    package var scheme: String
    /// A host name or address, without brackets or port.
    package var host: String
    /// The scheme's own where nil.
    package var port: Int?
    /// Decoded; begins with `/`. Segments are encoded when sent.
    package var path: String
    package var query: [Field]
    /// The whole address as it is sent, where someone else gave it; what it is made from otherwise where nil.
    package var givenAddress: String?
    /// Besides those that follow from host and body.
    package var headers: [Field]
    package var body: Body
    /// Whether it can change something at the third party. Where a changing request may have arrived, nothing
    /// is sent again without looking.
    package var isChanging: Bool
    /// From sending to the last byte of the answer. The attempt's own limit holds besides. Default 60 s.
    package var timeLimit: Duration
    package var tls: TLS

    /// How the server is known, and what it knows the client by.
    package struct TLS: Sendable, Hashable {
        /// Whether the server's certificate is checked. Only a configuration that says so may turn it off.
        package var isVerified: Bool
        /// Certificates in PEM form that are trusted instead of the system's authorities.
        package var trusted: String?
        package var identity: Identity?

        package init(isVerified: Bool = true, trusted: String? = nil, identity: Identity? = nil) {
            self.isVerified = isVerified
            self.trusted = trusted
            self.identity = identity
        }

        /// A client's certificate, with those that vouch for it behind it, and its private key, in PEM form.
        package struct Identity: Sendable, Hashable {
            package var certificate: String
            package var privateKey: String

            package init(certificate: String, privateKey: String) {
                self.certificate = certificate
                self.privateKey = privateKey
            }
        }
    }

    /// - Parameter isChanging: true for all but GET and HEAD where not given.
    package init(
        _ method: Method, scheme: String = "https", host: String, port: Int? = nil, path: String,
        query: [Field] = [], headers: [Field] = [], body: Body = .none, isChanging: Bool? = nil,
        timeLimit: Duration = .seconds(60), verifiesTLS: Bool = true
    ) {
        self.method = method
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.isChanging = isChanging ?? (method != .get && method != .head)
        self.timeLimit = timeLimit
        tls = TLS(isVerified: verifiesTLS)
    }

    /// The body as it is sent.
    package var bodyText: String? {
        switch body {
        case .none: nil
        case .form(let fields): PercentEncoding.form(fields)
        case .json(let value): value.text
        case .text(let text, _): text
        }
    }

    package var contentType: String? {
        switch body {
        case .none: nil
        case .form: "application/x-www-form-urlencoded"
        case .json: "application/json"
        case .text(_, let contentType): contentType
        }
    }

    /// Path and query as they are sent.
    package var target: String {
        let path = PercentEncoding.path(path)
        return query.isEmpty ? path : path + "?" + PercentEncoding.query(query)
    }

    /// The address as it is sent.
    package var url: String {
        if let givenAddress { return givenAddress }
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(host)\(port.map { ":\($0)" } ?? "")\(target)"
    }
}

extension JSONValue {
    /// The value as JSON text, members in order of their names.
    package var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A number that is not finite is all that could fail, and no JSON value has one.
        guard let data = try? encoder.encode(self) else { return "null" }
        return String(decoding: data, as: UTF8.self)
    }
}
