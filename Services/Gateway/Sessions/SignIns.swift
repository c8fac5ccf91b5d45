import Hummingbird
import HummingbirdCore
import Models
import NIOCore
import ServiceRuntime

/// Signs people in and out, for the interface and for pages.
struct SignIns: Sendable {
    let upstream: Upstream
    let sealer: Sealer
    let principals: PrincipalCache
    let reach: Reach

    /// Begins a session, with a new secret each time.
    ///
    /// - Throws: `RequestFailure`: `unauthenticated`, `codeRequired`, or `tooMany` with the time to wait.
    func begin(
        email: String, password: String, code: String?, _ call: Call
    ) async throws -> (secret: SessionSecret, session: Session) {
        let type = SignIn.messageType
        let request = SignIn(
            email: email, password: try sealer.seal(password, for: type, "password"),
            code: try code.map { try sealer.seal($0, for: type, "code") },
            address: reach.address(of: call.request, call.channel).network)
        let made = try await upstream.fetch(request, trace: call.trace)
        let text = try sealer.open(made.secret, for: NewSession.sealedAs, "secret")
        guard let secret = SessionSecret(text) else {
            throw RequestFailure(.internal, "The session that was made could not be read.")
        }
        return (secret, shown(made.session, secret))
    }

    /// Ends the session of a call, or all of its user.
    func end(_ call: Call, all: Bool = false) async throws {
        let principal = try call.principal
        guard let session = principal.sessionID, let user = principal.userID else { throw Self.noSession }
        let request = EndSessions(userID: user, id: all ? nil : session, by: Actor(principal))
        _ = try await upstream.ask(request, trace: call.trace)
        forget(call)
    }

    /// What is known of a session, with what its requests that change something send along.
    func shown(_ session: Session, _ secret: SessionSecret?) -> Session {
        var session = session
        session.csrfToken = secret?.csrfToken
        return session
    }

    /// Asks anew who the session's user is, and what they may do. The event that tells of it comes later than this answer.
    func forget(_ call: Call) {
        if let secret = call.session { principals.drop(hash: secret.hash) }
    }

    /// The header that makes a browser keep a session.
    func cookie(_ secret: SessionSecret, for call: Call) -> String {
        SessionCookie.setting(secret, isSecure: reach.isSecure(call.request, call.channel))
    }

    /// The header that makes it forget one.
    func cookieRemoval(for call: Call) -> String {
        SessionCookie.removal(isSecure: reach.isSecure(call.request, call.channel))
    }

    static let noSession = Problem(
        .conflict, "This is about being signed in, and a token was sent. Sign in with POST /v1/sessions.")
}

extension Call {
    /// The session of who asks, and whose it is.
    ///
    /// - Throws: 409 where they sent a token.
    var signedIn: (session: SessionID, user: UserID) {
        get throws {
            let principal = try principal
            guard let session = principal.sessionID, let user = principal.userID else {
                throw SignIns.noSession
            }
            return (session, user)
        }
    }
}
