import Foundation
import HTTPTypes
import Models

@testable import Gateway

extension GatewayHarness {
    /// Who asks for a page: by a token where that is enough, or in a session, as browsers do.
    enum Visitor: Sendable {
        case token(String)
        case session(String)
        case nobody
    }

    /// Asks for a page as a browser does.
    func page(_ uri: String, _ visitor: Visitor = .token(admin)) async throws -> Answer {
        try await call(
            .get, uri, text: nil, token: visitor.token, headers: visitor.headers.merging(Self.browser) { $1 })
    }

    /// Sends a page's form.
    ///
    /// - Parameter csrf: nil for that of the session.
    func send(
        _ uri: String, _ fields: [(String, String)], _ visitor: Visitor = .token(admin), csrf: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var fields = fields
        if case .session(let secret) = visitor {
            fields.append(("csrf_token", csrf ?? SessionSecret(secret)?.csrfToken ?? ""))
        }
        let body = fields.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&")
        var all = visitor.headers.merging(Self.browser) { $1 }.merging(headers) { $1 }
        all["Content-Type"] = "application/x-www-form-urlencoded"
        return try await call(.post, uri, text: body, token: visitor.token, headers: all)
    }

    private static let browser = ["Accept": "text/html,application/xhtml+xml"]

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

extension GatewayHarness.Visitor {
    fileprivate var token: String? {
        if case .token(let token) = self { token } else { nil }
    }

    fileprivate var headers: [String: String] {
        if case .session(let secret) = self { ["Cookie": "purser_session=\(secret)"] } else { [:] }
    }
}
