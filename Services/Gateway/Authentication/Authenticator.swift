import Crypto
import Foundation
import HTTPTypes
import Models
import ServiceRuntime

/// Who asks, and how they were known.
struct Caller: Sendable {
    let principal: Principal
    /// The session whose cookie was sent; nil where a bearer token was.
    let session: SessionSecret?
}

/// Tells who asks: by the bearer token (RFC 6750, section 2.1) or else by the session's cookie. Neither goes anywhere, only
/// their SHA-256.
struct Authenticator: Sendable {
    let upstream: Upstream
    let cache: PrincipalCache

    /// - Parameters:
    ///   - isUse: whether it counts as use of a session, which ends when it is not used.
    ///   - beforeAsking: called where it is not known here whose it is; what it throws is thrown.
    /// - Throws: 401 where there is neither token nor session, or it is not good; 503 where no one can tell.
    func caller(
        headers: HTTPFields, trace: TraceContext, isUse: Bool = true,
        beforeAsking: () throws -> Void = {}
    ) async throws -> Caller {
        // Where both were sent the token counts: someone meant it.
        if Self.namesBearer(headers[.authorization]) {
            return Caller(principal: try await byToken(headers, trace, beforeAsking), session: nil)
        }
        guard let secret = SessionCookie.secret(in: headers) else {
            throw Problem(
                .unauthenticated, "Sign in, or send a token with the header Authorization: Bearer <token>.")
        }
        let principal = try await remembered(
            AuthenticateSession(sessionHash: secret.hash, unnoted: isUse ? nil : true), secret.hash, trace,
            beforeAsking)
        guard let principal else {
            throw Problem(.unauthenticated, "The session has ended. Sign in again.")
        }
        return Caller(principal: principal, session: secret)
    }

    private func byToken(
        _ headers: HTTPFields, _ trace: TraceContext, _ beforeAsking: () throws -> Void
    ) async throws -> Principal {
        guard let token = Self.token(in: headers[.authorization]) else {
            throw Problem(.unauthenticated, "Send a token with the header Authorization: Bearer <token>.")
        }
        guard !TokenText.isMistyped(token) else {
            throw Problem(.unauthenticated, "The token is mistyped: its last characters do not fit the rest.")
        }
        let hash = Self.hash(token)
        let principal = try await remembered(
            AuthenticateToken(tokenHash: hash), hash, trace, beforeAsking)
        guard let principal else {
            throw Problem(
                .unauthenticated, "The token is not good, or no longer. Ask an administrator for another.")
        }
        return principal
    }

    /// Whom a hash belongs to; nil where it is not good.
    private func remembered<Request: BusRequest>(
        _ request: Request, _ hash: String, _ trace: TraceContext, _ beforeAsking: () throws -> Void
    ) async throws -> Principal? where Request.Reply == Principal {
        let (known, generation) = cache.principal(hash: hash)
        if let known { return known }
        try beforeAsking()
        do throws(RequestFailure) {
            let principal = try await upstream.fetch(request, trace: trace)
            cache.store(principal, hash: hash, generation: generation)
            return principal
        } catch {
            guard error.kind == .unauthenticated || error.kind == .notFound else { throw error }
            return nil
        }
    }

    /// Whether an `Authorization` header is about a bearer token, and not what a proxy before us asked for.
    static func namesBearer(_ header: String?) -> Bool {
        header?.prefix { $0 != " " }.lowercased() == "bearer"
    }

    /// The token of an `Authorization` header; nil where there is none that could be one.
    static func token(in header: String?) -> Substring? {
        guard let header, let space = header.firstIndex(of: " "), header[..<space].lowercased() == "bearer"
        else {
            return nil
        }
        let token = header[space...].drop { $0 == " " }
        guard !token.isEmpty, token.utf8.count <= Limits.tokenBytes,
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return token
    }

    /// SHA-256 in hexadecimal digits.
    static func hash(_ token: Substring) -> String {
        Hexadecimal.text(of: SHA256.hash(data: Data(token.utf8)))
    }
}

/// Bytes as hexadecimal digits.
enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(of bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
