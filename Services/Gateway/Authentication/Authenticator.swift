import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

/// Tells who asks, by the bearer token (RFC 6750, section 2.1). The token itself goes nowhere, only its SHA-256.
struct Authenticator: Sendable {
    let upstream: Upstream
    let cache: PrincipalCache

    /// - Throws: 401 where there is no token or it is not good; 503 where no one can tell.
    func principal(of request: Request, trace: TraceContext) async throws -> Principal {
        guard let token = Self.token(in: request.headers[.authorization]) else {
            throw Problem(.unauthenticated, "Send a token with the header Authorization: Bearer <token>.")
        }
        let hash = Self.hash(token)
        let (known, generation) = cache.principal(hash: hash)
        if let known { return known }
        do throws(RequestFailure) {
            let principal = try await upstream.fetch(AuthenticateToken(tokenHash: hash), trace: trace)
            cache.store(principal, hash: hash, generation: generation)
            return principal
        } catch {
            guard error.kind == .unauthenticated || error.kind == .notFound else { throw error }
            throw Problem(
                .unauthenticated, "The token is not good, or no longer. Ask an administrator for another.")
        }
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
