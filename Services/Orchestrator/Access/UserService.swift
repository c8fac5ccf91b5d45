import Logging
package import Models
import ServiceRuntime

/// Users: who signs in with a password.
package struct UserService: Sendable {
    /// How many users there may be.
    package static let limit = 100_000

    let store: Store
    let secrets: SecretKeeper
    let passwords: PasswordChecks
    let throttle: SignInThrottle
    let now: @Sendable () -> Timestamp
    let events: EventPublisher
    let logger: Logger

    package func create(_ request: CreateUser) async throws -> User {
        let email = Self.normalized(request.email)
        try Self.check(email: email)
        try AccessRules.checkClient(request.clientID, of: request.role)
        if request.role == .staff, request.permissions == nil {
            throw RequestFailure.invalid("/permissions", "is required where role is staff")
        }
        let permissions = try AccessRules.permissions(request.permissions, for: request.role)
        try AccessRules.check(request.by, mayHandle: request.role, with: permissions)
        let password = try secrets.gateway.open(request.password, for: CreateUser.messageType, "password")
        try PasswordPolicy.check(password, email: email, name: request.name)
        let hash = try await passwords.hash(password)
        let now = now()
        let user = UserRecord(
            id: .make(at: now), email: email, name: request.name, role: request.role,
            permissions: request.role == .staff ? permissions : [], clientID: request.clientID,
            password: hash, isDisabled: false, createdAt: now)
        try await store.write { transaction in
            guard try transaction.user(email: email) == nil else {
                throw RequestFailure(.conflict, "There is a user with this e-mail address already.")
            }
            if let client = user.clientID, try transaction.client(client) == nil {
                throw RequestFailure.invalid("/client_id", "there is no such client")
            }
            try transaction.insert(user)
        }
        note(.userMade, user.id, request.by)
        return user.view
    }

    package func list(_ request: ListUsers) async throws -> UserList {
        let limit = request.page.boundedLimit
        let users = try await store.read {
            try $0.users(
                role: request.role, client: request.clientID, before: request.page.cursor, limit: limit + 1)
        }
        return UserList(
            items: users.prefix(limit).map(\.view),
            nextCursor: users.count > limit ? users[limit - 1].id.rawValue : nil)
    }

    package func show(_ request: ShowUser) async throws -> User {
        try await store.read { try user(request.id, in: $0).view }
    }

    package func update(_ request: UpdateUser) async throws -> User {
        let (user, hasEnded) = try await store.write { transaction in
            var user = try self.user(request.id, in: transaction)
            var rights = user.permissions
            if let given = request.permissions {
                guard user.role == .staff else {
                    throw RequestFailure.invalid("/permissions", "is only for the role staff; leave it out")
                }
                user.permissions = try AccessRules.permissions(given, for: .staff)
                rights += user.permissions
            }
            try AccessRules.check(request.by, mayHandle: user.role, with: rights)
            if request.disabled == true, request.by.userID == user.id {
                throw RequestFailure(.conflict, "You cannot disable yourself.")
            }
            user.name = request.name ?? user.name
            user.isDisabled = request.disabled ?? user.isDisabled
            try transaction.update(user)
            // What someone may do no longer is taken from them at once; a session that stays has the new rights.
            let hasEnded = user.isDisabled || request.permissions != nil
            if hasEnded { _ = try transaction.endSessions(of: user.id) }
            return (user, hasEnded)
        }
        if hasEnded { tell(user.id) }
        note(.userChanged, user.id, request.by)
        return user.view
    }

    /// - Throws: `unauthenticated` where it is one's own and the password until now is wrong.
    package func setPassword(_ request: SetPassword) async throws -> NoReply {
        let known = try await store.read { try user(request.id, in: $0) }
        if request.by.userID == known.id {
            try await check(current: request.currentPassword, of: known)
        } else {
            try AccessRules.check(request.by, mayHandle: known.role, with: known.permissions)
        }
        let password = try secrets.gateway.open(request.password, for: SetPassword.messageType, "password")
        try PasswordPolicy.check(password, email: known.email, name: known.name)
        let hash = try await passwords.hash(password)
        try await store.write { transaction in
            var user = try self.user(request.id, in: transaction)
            user.password = hash
            try transaction.update(user)
            _ = try transaction.endSessions(of: user.id)
        }
        tell(known.id)
        note(.passwordChanged, known.id, request.by)
        return NoReply()
    }

    package func delete(_ request: DeleteUser) async throws -> NoReply {
        try await store.write { transaction in
            let user = try self.user(request.id, in: transaction)
            try AccessRules.check(request.by, mayHandle: user.role, with: user.permissions)
            guard request.by.userID != user.id else {
                throw RequestFailure(.conflict, "You cannot remove yourself.")
            }
            try transaction.deleteUser(user.id)
        }
        tell(request.id)
        note(.userRemoved, request.id, request.by)
        return NoReply()
    }

    private func check(current sealed: String?, of user: UserRecord) async throws {
        guard let sealed else {
            throw RequestFailure.invalid("/current_password", "is required")
        }
        let current = try secrets.gateway.open(sealed, for: SetPassword.messageType, "current_password")
        try throttle.begin(["user \(user.id)"])
        guard try await passwords.matches(current, user.password).fits else {
            throw RequestFailure.invalid("/current_password", "is not right")
        }
        throttle.forgive(["user \(user.id)"])
    }

    private func user(_ id: UserID, in transaction: Transaction) throws -> UserRecord {
        guard let user = try transaction.user(id) else {
            throw RequestFailure(.notFound, "There is no such user.")
        }
        return user
    }

    private func note(_ event: SecurityEvent, _ user: UserID, _ actor: Actor) {
        logger.security(event, [LogKey.userID: "\(user)", LogKey.requestedBy: "\(actor.name)"])
    }

    private func tell(_ user: UserID) {
        events.publish(AccessChanged(userID: user), topic: "access.changed", subject: user.rawValue)
    }

    // MARK: E-mail addresses

    /// The form in which addresses are compared and stored.
    static func normalized(_ email: String) -> String { email.lowercased() }

    /// Takes what the contracts call an e-mail address, and one of this host: `admin@localhost`.
    private static func check(email: String) throws(RequestFailure) {
        let host = "@localhost"
        let judged = email.hasSuffix(host) ? email + ".example" : email
        let rule = FieldDefinition(name: "email", type: .string, isRequired: true, rules: [.email])
        let problems = [rule].problems(in: ["email": .string(judged)])
        guard problems.isEmpty else {
            throw RequestFailure(.invalid, "Some fields are not valid.", problems: problems)
        }
    }
}
