import HTTPTypes
import Models

/// The cookie that a browser is known by (RFC 6265bis). Scripts cannot read it, and other sites' pages send it only with
/// links that a person follows (`SameSite=Lax`; `Strict` would sign people out who come from a link in a mail).
enum SessionCookie {
    static let name = "purser_session"

    /// The session of a request; nil where there is none that could be one.
    static func secret(in headers: HTTPFields) -> SessionSecret? {
        guard let header = headers[.cookie] else { return nil }
        for pair in header.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { continue }
            return SessionSecret(String(parts[1]))
        }
        return nil
    }

    /// What sets it. The browser keeps it until it is closed; the session's own limits end it before.
    ///
    /// - Parameter isSecure: whether it is sent over TLS alone, as it should be wherever Purser is reached so.
    static func setting(_ secret: SessionSecret, isSecure: Bool) -> String {
        "\(name)=\(secret.revealed); \(attributes(isSecure))"
    }

    /// What removes it.
    static func removal(isSecure: Bool) -> String { "\(name)=; Max-Age=0; \(attributes(isSecure))" }

    private static func attributes(_ isSecure: Bool) -> String {
        "Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }
}
