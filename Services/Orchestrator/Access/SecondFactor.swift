import Crypto
import Foundation
import Models
import ServiceRuntime

/// The second factor of users: a secret that is sealed for storage, and recovery codes.
struct SecondFactor: Sendable {
    static let recoveryCodes = 10
    /// Random bits of a recovery code: so many that its hash need not be slow.
    private static let recoveryCodeBytes = 10

    let storage: Sealer

    /// A new secret, as the user sees it and as it is stored.
    func makeSecret(of user: UserID) throws -> (text: String, sealed: String) {
        let bytes = Self.random(OneTimePassword.secretBytes)
        let text = Base32.text(of: bytes)
        return (text, try storage.seal(.string(text), context: Self.context(user)))
    }

    /// The step that a code of a stored secret is of; nil where it is none, or one that was used.
    func step(of code: String, sealed: String, user: UserRecord, at now: Timestamp) throws -> Int? {
        guard let text = try storage.open(sealed, context: Self.context(user.id)).stringValue,
            let secret = Base32.bytes(text)
        else { throw StoreError.damaged("users.totp_secret") }
        return OneTimePassword.step(of: code, secret: secret, at: now, after: user.totpStep)
    }

    /// What a code that was given is.
    enum Given { case code, recoveryCode, neither }

    /// Uses a code up, of the app or for recovery: each counts once.
    func take(
        _ code: String, of user: inout UserRecord, in transaction: Transaction, at now: Timestamp
    ) throws -> Given {
        guard let sealed = user.totpSecret else { return .neither }
        if let step = try step(of: code, sealed: sealed, user: user, at: now) {
            user.totpStep = step
            try transaction.update(user)
            return .code
        }
        guard try transaction.takeRecoveryCode(Self.hash(code), of: user.id) else { return .neither }
        user.recoveryCodes -= 1
        return .recoveryCode
    }

    /// Codes to be kept on paper: 16 characters of base 32 in groups of four.
    static func makeRecoveryCodes() -> [String] {
        (0..<recoveryCodes).map { _ in
            let text = Array(Base32.text(of: random(recoveryCodeBytes)).lowercased())
            return stride(from: 0, to: text.count, by: 4).map { String(text[$0..<$0 + 4]) }.joined(
                separator: "-")
        }
    }

    /// A recovery code as it is stored: SHA-256 of its letters and digits, hexadecimal.
    static func hash(_ code: String) -> String {
        TokenService.hash(code.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }

    private static func random(_ count: Int) -> Data {
        SymmetricKey(size: .init(bitCount: count * 8)).withUnsafeBytes { Data($0) }
    }

    static func context(_ user: UserID) -> String { "\(user)/totp" }
}
