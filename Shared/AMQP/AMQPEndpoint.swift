import Foundation

/// Where a broker is, and how to log in there.
///
/// Read from `amqp://user:password@host:port/vhost` or `amqps://…?cacertfile=/path`. User and password are
/// percent-decoded, `guest` where absent; the port is 5672 or, with TLS, 5671; the virtual host is `/` where the path
/// is empty or `/`. With TLS the broker's certificate must be signed by an authority of `cacertfile`, by default one
/// that the system trusts, and must bear the host's DNS name: addresses are not matched.
package struct AMQPEndpoint: Sendable, Equatable, CustomStringConvertible {
    package let host: String
    package let port: Int
    package let vhost: String
    package let usesTLS: Bool
    /// The authorities that may sign the broker's certificate; nil for those of the system.
    package let authoritiesFile: String?

    let user: String
    let password: String

    /// - Throws: `invalidURL`, which never repeats the URL.
    package init(url: String) throws(AMQPError) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased() else {
            throw AMQPError(.invalidURL, "The broker's URL cannot be read.")
        }
        guard ["amqp", "amqps"].contains(scheme) else {
            throw AMQPError(.invalidURL, "The broker's URL must begin with amqp:// or amqps://.")
        }
        guard let host = parts.host, !host.isEmpty else {
            throw AMQPError(.invalidURL, "The broker's URL names no host.")
        }
        usesTLS = scheme == "amqps"
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        port = parts.port ?? (usesTLS ? 5671 : 5672)
        user = parts.user ?? "guest"
        password = parts.password ?? "guest"
        let path = String(parts.percentEncodedPath.dropFirst())
        vhost = path.isEmpty ? "/" : path.removingPercentEncoding ?? path
        var authoritiesFile: String?
        for item in parts.queryItems ?? [] {
            guard item.name == "cacertfile", let value = item.value, !value.isEmpty, usesTLS else {
                throw AMQPError(.invalidURL, "The broker's URL has the unknown parameter \(item.name).")
            }
            authoritiesFile = value
        }
        self.authoritiesFile = authoritiesFile
        let texts = [user, password, vhost, host, authoritiesFile ?? ""]
        guard (1...65_535).contains(port), texts.allSatisfy({ !$0.utf8.contains(0) }), vhost.utf8.count < 256
        else { throw AMQPError(.invalidURL, "The broker's URL has a port or a character that cannot be.") }
    }

    /// Without user and password.
    package var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(usesTLS ? "amqps" : "amqp")://\(name):\(port)\(vhost == "/" ? "" : "/" + vhost)"
    }

    /// A text of the broker's, without the user's name.
    func withoutCredentials(_ text: String) -> String {
        var clean = text
        for credential in [user, password] where !credential.isEmpty {
            clean = clean.replacingOccurrences(of: "'\(credential)'", with: "'…'")
        }
        return clean
    }
}
