import Foundation

extension HTTPRequest {
    /// A request to an address that is sent as it was given, letter by letter. For those that a person configured, not for
    /// what a provider puts together.
    ///
    /// - Returns: nil where the text is no address with a host.
    package init?(_ method: Method, address: String, headers: [Field] = [], body: Body = .none) {
        guard let parts = URLComponents(string: address), let scheme = parts.scheme?.lowercased(),
            let host = parts.encodedHost, !host.isEmpty
        else { return nil }
        self.init(
            method, scheme: scheme, host: host, port: parts.port, path: parts.path, headers: headers,
            body: body)
        givenAddress = address
    }
}
