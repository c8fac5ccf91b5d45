import AdapterKit
import Foundation

/// An address from the configuration, such as `https://partners.titan.email/`, that paths are appended to.
struct TitanMailAddress: Sendable {
    private let scheme: String
    private let host: String
    private let port: Int?
    /// Without a `/` at its end.
    private let path: String

    /// Reads the address; nil where it is not one of `http` or `https`.
    init?(_ text: String) {
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme)
        else { return nil }
        self.scheme = scheme
        self.host = host
        port = parts.port
        path = parts.path.hasSuffix("/") ? String(parts.path.dropLast()) : parts.path
    }

    /// - Parameter path: what follows the configured address, beginning with `/`.
    func request(
        _ method: HTTPRequest.Method, _ path: String, query: [HTTPRequest.Field] = []
    ) -> HTTPRequest {
        HTTPRequest(
            method, scheme: scheme, host: host, port: port, path: self.path + path, query: query)
    }
}
