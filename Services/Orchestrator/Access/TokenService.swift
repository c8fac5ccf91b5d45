import Crypto
import Foundation
import Logging
package import Models
import ServiceRuntime

/// Bearer tokens. They are stored as their SHA-256 alone: a token is 256 random bits, so there is nothing to guess.
package struct TokenService: Sendable {
    /// The shortest token that an operator may choose for `PURSER_ADMIN_TOKEN`.
    package static let shortestToken = 32

    let store: Store
    let secrets: SecretKeeper
    let now: @Sendable () -> Timestamp
    let events: EventPublisher
    let logger: Logger

    package func authenticate(_ request: AuthenticateToken) async throws -> Principal {
        let now = now()
        guard let token = try await store.read({ try $0.token(hash: request.tokenHash, now: now) }) else {
            throw RequestFailure(.unauthenticated, "The token is not known, or no longer good.")
        }
        // To the minute is enough, and spares a write a request.
        if token.lastUsedAt.map({ $0.duration(to: now) >= .seconds(60) }) ?? true {
            do {
                try await store.write { try $0.noteUse(of: token.id, at: now) }
            } catch {
                // Who may read is not kept from it by a full disk.
                logger.warning("Could not note the use of a token", metadata: [LogKey.error: "\(error)"])
            }
        }
        return Principal(tokenID: token.id, name: token.name, role: token.role, clientID: token.clientID)
    }

    package func create(_ request: CreateToken) async throws -> NewToken {
        guard (request.role == .client) == (request.clientID != nil) else {
            let problem = FieldProblem(
                pointer: "/client_id", detail: "give it where the role is client, and only there")
            throw RequestFailure(.invalid, "The token is not as it should be.", problems: [problem])
        }
        let text = Self.makeToken(role: request.role)
        let details = try await store(
            text, name: request.name, role: request.role, clientID: request.clientID,
            expiresAt: request.expiresAt)
        logger.notice("Made token", metadata: [LogKey.tokenID: "\(details.id)"])
        return NewToken(token: try secrets.gateway.seal(.string(text), context: "token"), details: details)
    }

    package func list() async throws -> TokenList {
        TokenList(items: try await store.read { try $0.tokens() })
    }

    package func revoke(_ request: RevokeToken) async throws -> NoReply {
        let now = now()
        guard let hash = try await store.write({ try $0.revoke(request.id, at: now) }) else {
            throw RequestFailure(.notFound, "There is no such token.")
        }
        events.publish(TokenRevoked(tokenHash: hash), topic: "token.revoked", subject: request.id.rawValue)
        logger.notice("Revoked token", metadata: [LogKey.tokenID: "\(request.id)"])
        return NoReply()
    }

    /// Makes sure that the operator's admin token is known.
    package func register(adminToken text: String) async throws {
        let hash = Self.hash(text)
        let now = now()
        let isKnown = try await store.read { try $0.token(hash: hash, now: now) != nil }
        if !isKnown {
            _ = try await store(text, name: "PURSER_ADMIN_TOKEN", role: .admin, clientID: nil, expiresAt: nil)
        }
    }

    private func store(
        _ text: String, name: String, role: Role, clientID: ClientID?, expiresAt: Timestamp?
    ) async throws -> Token {
        let now = now()
        let token = Token(
            id: .make(at: now), name: name, role: role, clientID: clientID, createdAt: now,
            expiresAt: expiresAt)
        try await store.write { transaction in
            if let clientID, try transaction.client(clientID) == nil {
                let problem = FieldProblem(pointer: "/client_id", detail: "there is no such client")
                throw RequestFailure(.invalid, "The token is not as it should be.", problems: [problem])
            }
            try transaction.insert(token, hash: Self.hash(text))
        }
        return token
    }

    /// A new token: `psr_<role>_` and 43 characters for 256 random bits.
    package static func makeToken(role: Role) -> String {
        let random = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
        let text = random.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return "psr_\(role.rawValue)_\(text)"
    }

    /// The form that a token is stored and asked for in: SHA-256, hexadecimal.
    package static func hash(_ token: String) -> String {
        SHA256.hash(data: Data(token.utf8)).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }
}
