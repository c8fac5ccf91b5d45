import Logging
package import Models
import ServiceRuntime

/// Setting up the second factor of admins and staff, and removing it.
package struct TwoFactorService: Sendable {
    let store: Store
    let secrets: SecretKeeper
    let passwords: PasswordChecks
    let secondFactor: SecondFactor
    let throttle: SignInThrottle
    let now: @Sendable () -> Timestamp
    let events: EventPublisher
    let logger: Logger

    /// Makes a secret, which counts once a code of it has been given. Another one takes the place of one that waits.
    package func begin(_ request: BeginTwoFactor) async throws -> TwoFactorSecret {
        let made = try secondFactor.makeSecret(of: request.userID)
        let user = try await store.write { transaction in
            var user = try self.user(request.userID, in: transaction)
            guard user.role != .client else {
                throw RequestFailure(.conflict, "Second factors are for admins and staff.")
            }
            guard user.totpSecret == nil else {
                throw RequestFailure(.conflict, "A second factor is set up already; remove it first.")
            }
            user.totpPending = made.sealed
            try transaction.update(user)
            return user
        }
        let address = OneTimePassword.address(secret: made.text, email: user.email)
        let name = TwoFactorSecret.sealedAs
        return TwoFactorSecret(
            secret: try secrets.gateway.seal(made.text, for: name, "secret"),
            uri: try secrets.gateway.seal(address, for: name, "uri"))
    }

    /// Sets the second factor up. Other sessions, for which no code was asked, end.
    package func confirm(_ request: ConfirmTwoFactor) async throws -> RecoveryCodes {
        let code = try secrets.gateway.open(request.code, for: ConfirmTwoFactor.messageType, "code")
        let codes = SecondFactor.makeRecoveryCodes()
        let hashes = codes.map(SecondFactor.hash)
        let now = now()
        try throttle.begin([name(request.userID)])
        try await store.write { transaction in
            var user = try self.user(request.userID, in: transaction)
            guard let pending = user.totpPending else {
                throw RequestFailure(.conflict, "No second factor is being set up; begin anew.")
            }
            user.totpStep = nil
            guard let step = try secondFactor.step(of: code, sealed: pending, user: user, at: now) else {
                throw RequestFailure.invalid("/code", "is not right; give the one that the app shows now")
            }
            user.totpSecret = pending
            user.totpPending = nil
            user.totpStep = step
            try transaction.update(user)
            try transaction.setRecoveryCodes(hashes, of: user.id)
            _ = try transaction.endSessions(of: user.id, but: request.sessionID)
        }
        throttle.forgive([name(request.userID)])
        logger.security(.twoFactorSet, [LogKey.userID: "\(request.userID)"])
        tell(request.userID)
        return RecoveryCodes(
            codes: try codes.map { try secrets.gateway.seal($0, for: RecoveryCodes.sealedAs, "codes") })
    }

    /// - Throws: `invalid` where it is one's own and password or code are wrong.
    package func remove(_ request: RemoveTwoFactor) async throws -> NoReply {
        let known = try await store.read { try user(request.userID, in: $0) }
        guard known.totpSecret != nil else {
            throw RequestFailure(.conflict, "No second factor is set up.")
        }
        let code = try await code(request, of: known)
        let now = now()
        try await store.write { transaction in
            var user = try self.user(request.userID, in: transaction)
            if let code, try secondFactor.take(code, of: &user, in: transaction, at: now) == .neither {
                throw RequestFailure.invalid("/code", "is not right, or was used before")
            }
            user.totpSecret = nil
            user.totpPending = nil
            try transaction.update(user)
            try transaction.setRecoveryCodes([], of: user.id)
        }
        if code != nil { throttle.forgive([name(known.id)]) }
        logger.security(
            .twoFactorRemoved,
            [LogKey.userID: "\(request.userID)", LogKey.requestedBy: "\(request.by.name)"])
        return NoReply()
    }

    /// The code that has to fit; nil where someone else does it who may.
    private func code(_ request: RemoveTwoFactor, of user: UserRecord) async throws -> String? {
        guard request.by.userID == user.id else {
            try AccessRules.check(request.by, mayHandle: user.role, with: user.permissions)
            return nil
        }
        let type = RemoveTwoFactor.messageType
        guard let password = request.password else {
            throw RequestFailure.invalid("/password", "is required")
        }
        guard let code = request.code else { throw RequestFailure.invalid("/code", "is required") }
        try throttle.begin([name(user.id)])
        let opened = try secrets.gateway.open(password, for: type, "password")
        guard try await passwords.matches(opened, user.password).fits else {
            throw RequestFailure.invalid("/password", "is not right")
        }
        return try secrets.gateway.open(code, for: type, "code")
    }

    private func name(_ user: UserID) -> String { "user \(user)" }

    private func user(_ id: UserID, in transaction: Transaction) throws -> UserRecord {
        guard let user = try transaction.user(id) else {
            throw RequestFailure(.notFound, "There is no such user.")
        }
        return user
    }

    private func tell(_ user: UserID) {
        events.publish(AccessChanged(userID: user), topic: "access.changed", subject: user.rawValue)
    }
}
