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
        return Principal(
            tokenID: token.id, name: token.name, role: token.role,
            permissions: token.permissions ?? token.role.usualPermissions, clientID: token.clientID)
    }

    package func create(_ request: CreateToken) async throws -> NewToken {
        try AccessRules.checkClient(request.clientID, of: request.role)
        if request.role == .staff, request.permissions == nil {
            throw RequestFailure.invalid("/permissions", "is required where role is staff")
        }
        let permissions = try request.permissions.map {
            try AccessRules.permissions($0, for: request.role)
        }
        try AccessRules.check(
            request.by, mayHandle: request.role, with: permissions ?? request.role.usualPermissions)
        let text = TokenText.make(role: request.role)
        let details = try await store(
            text, name: request.name, role: request.role, permissions: permissions,
            clientID: request.clientID, expiresAt: request.expiresAt)
        note(.tokenMade, details.id, request.by)
        return NewToken(token: try secrets.gateway.seal(.string(text), context: "token"), details: details)
    }

    package func list() async throws -> TokenList {
        TokenList(items: try await store.read { try $0.tokens() })
    }

    package func revoke(_ request: RevokeToken) async throws -> NoReply {
        let now = now()
        let hash = try await store.write { transaction in
            guard let token = try transaction.token(request.id) else {
                throw RequestFailure(.notFound, "There is no such token.")
            }
            try AccessRules.check(
                request.by, mayHandle: token.role, with: token.permissions ?? token.role.usualPermissions)
            guard let hash = try transaction.revoke(request.id, at: now) else {
                throw RequestFailure(.notFound, "There is no such token.")
            }
            return hash
        }
        events.publish(TokenRevoked(tokenHash: hash), topic: "token.revoked", subject: request.id.rawValue)
        note(.tokenRevoked, request.id, request.by)
        return NoReply()
    }

    private func note(_ event: SecurityEvent, _ token: TokenID, _ actor: Actor?) {
        var metadata: Logger.Metadata = [LogKey.tokenID: "\(token)"]
        metadata[LogKey.requestedBy] = actor.map { "\($0.name)" }
        logger.security(event, metadata)
    }

    /// Makes sure that the operator's admin token is known.
    package func register(adminToken text: String) async throws {
        let hash = Self.hash(text)
        let now = now()
        let isKnown = try await store.read { try $0.token(hash: hash, now: now) != nil }
        if !isKnown {
            _ = try await store(
                text, name: "PURSER_ADMIN_TOKEN", role: .admin, permissions: nil, clientID: nil,
                expiresAt: nil)
        }
    }

    private func store(
        _ text: String, name: String, role: Role, permissions: [Permission]?, clientID: ClientID?,
        expiresAt: Timestamp?
    ) async throws -> Token {
        let now = now()
        let token = Token(
            id: .make(at: now), name: name, role: role, permissions: permissions, clientID: clientID,
            createdAt: now, expiresAt: expiresAt)
        try await store.write { transaction in
            if let clientID, try transaction.client(clientID) == nil {
                let problem = FieldProblem(pointer: "/client_id", detail: "there is no such client")
                throw RequestFailure(.invalid, "The token is not as it should be.", problems: [problem])
            }
            try transaction.insert(token, hash: Self.hash(text))
        }
        return token
    }

    /// The form that a token is stored and asked for in: SHA-256, hexadecimal.
    package static func hash(_ token: String) -> String {
        SHA256.hash(data: Data(token.utf8)).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }
}
