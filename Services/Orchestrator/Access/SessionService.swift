import Logging
package import Models
import ServiceRuntime

/// Signing in and out. A session's secret is stored as its SHA-256 alone, as a token is.
package struct SessionService: Sendable {
    /// How many sessions a user has at most; the oldest end first.
    package static let sessionsOfUser = 50

    let store: Store
    let secrets: SecretKeeper
    let passwords: PasswordChecks
    let secondFactor: SecondFactor
    let throttle: SignInThrottle
    let now: @Sendable () -> Timestamp
    let events: EventPublisher
    let logger: Logger

    // MARK: Signing in

    /// - Throws: `unauthenticated`, the same whether there is no such user, the password is wrong or they are disabled;
    ///   `codeRequired` where the password is right; `tooMany` after too many failures.
    package func signIn(_ request: SignIn) async throws -> NewSession {
        let type = SignIn.messageType
        let password = try secrets.gateway.open(request.password, for: type, "password")
        let code = try request.code.map { try secrets.gateway.open($0, for: type, "code") }
        let email = UserService.normalized(request.email)
        let names = ["email \(email)", "address \(request.address)"]
        do {
            try throttle.begin(names)
        } catch {
            logger.security(.signInThrottled, [LogKey.address: "\(request.address)"])
            throw error
        }
        let known = try await store.read { try $0.user(email: email) }
        let (fits, isOutdated) = try await passwords.matches(password, known?.password)
        guard fits, let known, !known.isDisabled else {
            var metadata: Logger.Metadata = [LogKey.address: "\(request.address)"]
            metadata[LogKey.userID] = known.map { "\($0.id)" }
            logger.security(.signInRefused, metadata)
            throw RequestFailure(.unauthenticated, "The e-mail address or the password is wrong.")
        }
        if known.totpSecret != nil, code == nil {
            throttle.forgive([], once: names)
            throw RequestFailure(
                .codeRequired, "Give a code of your authenticator app, or a recovery code, as well.")
        }
        let newHash = isOutdated ? try await passwords.hash(password) : nil
        let (session, secret) = try await begin(known, code: code, newHash: newHash, from: request.address)
        throttle.forgive([names[0]], once: [names[1]])
        logger.security(
            .signedIn,
            [
                LogKey.userID: "\(known.id)", LogKey.sessionID: "\(session.id)",
                LogKey.address: "\(request.address)",
            ])
        return NewSession(
            secret: try secrets.gateway.seal(secret, for: NewSession.sealedAs, "secret"),
            session: session.view)
    }

    /// Checks the code, if one is asked for, and begins a session, in one transaction.
    private func begin(
        _ known: UserRecord, code: String?, newHash: String?, from address: String
    ) async throws -> (SessionRecord, secret: String) {
        let now = now()
        let secret = "psr_session_" + TokenText.random()
        let (session, given) = try await store.write {
            transaction -> (SessionRecord?, SecondFactor.Given) in
            guard var user = try transaction.user(known.id), user.password == known.password else {
                return (nil, .neither)
            }
            var given = SecondFactor.Given.code
            if user.totpSecret != nil {
                given = try secondFactor.take(code ?? "", of: &user, in: transaction, at: now)
                if given == .neither { return (nil, given) }
            }
            user.password = newHash ?? user.password
            user.lastSignInAt = now
            try transaction.update(user)
            let session = SessionRecord(id: .make(at: now), user: user, createdAt: now, seenAt: now)
            try transaction.insert(session, hash: TokenService.hash(secret))
            try transaction.trimSessions(of: user.id, to: Self.sessionsOfUser)
            return (session, given)
        }
        guard let session else {
            logger.security(
                .signInRefused, [LogKey.userID: "\(known.id)", LogKey.address: "\(address)"])
            throw RequestFailure(
                .codeRequired, "The code is not right, or was used before. Give the next one.")
        }
        if given == .recoveryCode { logger.security(.recoveryCodeUsed, [LogKey.userID: "\(known.id)"]) }
        return (session, secret)
    }

    // MARK: Being signed in

    package func authenticate(_ request: AuthenticateSession) async throws -> Principal {
        let now = now()
        let found = try await store.read { try $0.session(hash: request.sessionHash) }
        guard let session = found, !session.isOver(at: now) else {
            throw RequestFailure(.unauthenticated, "The session is not known, or has ended.")
        }
        if request.unnoted != true, session.seenAt.duration(to: now) >= SessionRecord.noteInterval {
            do {
                try await store.write { try $0.noteUse(of: session.id, at: now) }
            } catch {
                // Who may read is not kept from it by a full disk, until the session ends by that.
                logger.warning("Could not note the use of a session", metadata: [LogKey.error: "\(error)"])
            }
        }
        return session.principal
    }

    package func show(_ request: ShowSession) async throws -> Session {
        try await session(request.id).view
    }

    /// Lets someone of the staff look around as a client. Whether they may was checked by the gateway, and is again.
    package func view(_ request: ViewAsClient) async throws -> Session {
        var session = try await self.session(request.id)
        let user = session.user
        guard user.role.audience == .admin, user.view.permissions.contains(.view) else {
            throw RequestFailure(.forbidden, "Only staff who may view can view as a client.")
        }
        try await store.write { transaction in
            if let client = request.clientID, try transaction.client(client) == nil {
                throw RequestFailure.invalid("/client_id", "there is no such client")
            }
            try transaction.setViewing(request.clientID, in: request.id)
        }
        var metadata: Logger.Metadata = [
            LogKey.userID: "\(user.id)", LogKey.sessionID: "\(request.id)",
        ]
        metadata[LogKey.viewingAs] = (request.clientID ?? session.viewingAs).map { "\($0)" }
        logger.security(request.clientID == nil ? .viewingEnded : .viewedAsClient, metadata)
        session.viewingAs = request.clientID
        events.publish(AccessChanged(userID: user.id), topic: "access.changed", subject: user.id.rawValue)
        return session.view
    }

    // MARK: Signing out

    package func end(_ request: EndSessions) async throws -> NoReply {
        if request.by.userID != request.userID {
            guard let user = try await store.read({ try $0.user(request.userID) }) else {
                throw RequestFailure(.notFound, "There is no such user.")
            }
            try AccessRules.check(request.by, mayHandle: user.role, with: user.permissions)
        }
        let hashes = try await store.write { try $0.endSessions(of: request.userID, only: request.id) }
        for hash in hashes {
            events.publish(
                AccessChanged(sessionHash: hash, userID: request.userID), topic: "access.changed",
                subject: request.userID.rawValue)
        }
        logger.security(
            .signedOut,
            [
                LogKey.userID: "\(request.userID)", LogKey.count: "\(hashes.count)",
                LogKey.requestedBy: "\(request.by.name)",
            ])
        return NoReply()
    }

    private func session(_ id: SessionID) async throws -> SessionRecord {
        let now = now()
        guard let session = try await store.read({ try $0.session(id) }), !session.isOver(at: now) else {
            throw RequestFailure(.unauthenticated, "The session is not known, or has ended.")
        }
        return session
    }
}
