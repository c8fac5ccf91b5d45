import Models
import ServiceRuntime
import Synchronization

extension FakeOrchestrator {
    static let password = "correct horse battery"

    func addSessions(_ router: inout RequestRouter) {
        router.on(AuthenticateSession.self) { [self] request, _ in
            guard let principal = state.withLock({ $0.sessions[request.sessionHash] }) else {
                throw RequestFailure(.unauthenticated, "The session is not known.")
            }
            return principal
        }
        router.on(ShowSession.self) { [self] request, _ in
            let principal = state.withLock { state in
                state.sessions.values.first { $0.sessionID == request.id }
            }
            guard let principal else { throw RequestFailure(.unauthenticated, "The session is not known.") }
            return session(of: principal)
        }
        router.on(SignIn.self) { [self] request, _ in
            state.withLock { $0.signIns.append(request) }
            let password = try sealer.open(request.password, for: SignIn.messageType, "password")
            guard password == Self.password else {
                throw RequestFailure(.tooMany, "Too many tries failed.", retryAfterSeconds: 17)
            }
            guard request.code != nil else { throw RequestFailure(.codeRequired, "Give a code.") }
            let principal = Principal.staff([.view], session: .make())
            let secret = addSession(principal)
            return NewSession(
                secret: try sealer.seal(secret, for: NewSession.sealedAs, "secret"),
                session: session(of: principal))
        }
        router.on(EndSessions.self) { [self] request, _ in
            state.withLock { state in
                state.ended.append(request)
                state.sessions = state.sessions.filter { _, principal in
                    principal.userID != request.userID
                        || request.id.map { $0 != principal.sessionID } ?? false
                }
            }
            return NoReply()
        }
        router.on(ListUsers.self) { _, _ in UserList(items: []) }
        router.on(ShowUser.self) { _, _ in throw RequestFailure(.notFound, "There is no such user.") }
    }

    private func session(of principal: Principal) -> Session {
        let user = principal.userID ?? .make()
        return Session(
            id: principal.sessionID ?? .make(),
            user: User(
                id: user, email: "sam@example.com", name: principal.name,
                role: principal.role, permissions: principal.grants.sorted(),
                twoFactor: state.withLock { $0.twoFactor.contains(user) }, recoveryCodesLeft: 10,
                disabled: false, createdAt: .now), createdAt: .now, idleUntil: .now, expiresAt: .now)
    }
}

extension Principal {
    /// Someone of the staff, by a token or in a session.
    static func staff(_ permissions: [Permission], session: SessionID? = nil) -> Principal {
        Principal(
            tokenID: session == nil ? .make() : nil, sessionID: session,
            userID: session == nil ? nil : .make(), name: "sam", role: .staff, permissions: permissions)
    }
}
