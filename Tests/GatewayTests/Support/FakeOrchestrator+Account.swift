import Models
import ServiceRuntime
import Synchronization

extension FakeOrchestrator {
    /// What an authenticator app is set up with, and the one code of it that is right.
    static let appSecret = "JBSWY3DPEHPK3PXP"
    static let appCode = "123456"
    static let recoveryCode = "abcd-efgh-ijkl-mnop"

    /// One's own password and second factor.
    func addAccount(_ router: inout RequestRouter) {
        router.on(SetPassword.self) { [self] request, _ in
            let type = SetPassword.messageType
            let current = try request.currentPassword.map {
                try sealer.open($0, for: type, "current_password")
            }
            guard let current else { throw Self.wrong("/current_password", "is required") }
            guard current == Self.password else { throw Self.wrong("/current_password", "is not right") }
            guard try sealer.open(request.password, for: type, "password").count >= 12 else {
                throw Self.wrong("/password", "must have at least 12 characters")
            }
            state.withLock { state in
                state.sessions = state.sessions.filter { $0.value.userID != request.id }
            }
            return NoReply()
        }
        router.on(BeginTwoFactor.self) { [self] request, _ in
            guard !state.withLock({ $0.twoFactor.contains(request.userID) }) else {
                throw RequestFailure(.conflict, "A second factor is set up already; remove it first.")
            }
            let name = TwoFactorSecret.sealedAs
            return TwoFactorSecret(
                secret: try sealer.seal(Self.appSecret, for: name, "secret"),
                uri: try sealer.seal("otpauth://totp/x?secret=\(Self.appSecret)&digits=6", for: name, "uri"))
        }
        router.on(ConfirmTwoFactor.self) { [self] request, _ in
            try check(request.code, ConfirmTwoFactor.messageType)
            state.withLock { _ = $0.twoFactor.insert(request.userID) }
            return RecoveryCodes(
                codes: [try sealer.seal(Self.recoveryCode, for: RecoveryCodes.sealedAs, "codes")])
        }
        router.on(RemoveTwoFactor.self) { [self] request, _ in
            let type = RemoveTwoFactor.messageType
            let password = try request.password.map { try sealer.open($0, for: type, "password") }
            guard password == Self.password else { throw Self.wrong("/password", "is not right") }
            try check(request.code ?? "", type)
            state.withLock { _ = $0.twoFactor.remove(request.userID) }
            return NoReply()
        }
    }

    private func check(_ code: String, _ type: String) throws {
        guard try sealer.open(code, for: type, "code") == Self.appCode else {
            throw Self.wrong("/code", "is not right")
        }
    }

    private static func wrong(_ pointer: String, _ detail: String) -> RequestFailure {
        RequestFailure(
            .invalid, "Some fields are not valid.", problems: [FieldProblem(pointer: pointer, detail: detail)]
        )
    }
}
