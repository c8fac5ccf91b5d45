import Foundation
import Models

/// What passwords are taken: long ones that not everybody tries first. Nothing is asked of their characters.
///
/// - SeeAlso: NIST SP 800-63B, section 3.1.1.2.
enum PasswordPolicy {
    /// In Unicode scalars, after normalization.
    static let length = 12...128
    static let bytes = 512
    /// How many different characters there are at least.
    static let differentCharacters = 5

    /// - Throws: `RequestFailure` (`invalid`) at `/password`.
    static func check(_ password: String, email: String, name: String) throws(RequestFailure) {
        let password = password.precomposedStringWithCanonicalMapping
        guard let problem = problem(in: password, email: email, name: name) else { return }
        throw RequestFailure(
            .invalid, "The password is not good enough.",
            problems: [FieldProblem(pointer: "/password", detail: problem)])
    }

    private static func problem(in password: String, email: String, name: String) -> String? {
        let count = password.unicodeScalars.count
        if count < length.lowerBound { return "must have at least \(length.lowerBound) characters" }
        if count > length.upperBound || password.utf8.count > bytes {
            return "must have at most \(length.upperBound) characters"
        }
        let judged = plain(password)
        if [plain(email), plain(name)].contains(judged) {
            return "must be something else than the e-mail address or the name"
        }
        if Set(judged).count < differentCharacters || common.contains(judged) {
            return "is one of those that are tried first; take another"
        }
        return nil
    }

    private static func plain(_ text: String) -> String {
        text.lowercased().filter { !$0.isWhitespace }
    }

    /// The most used ones that are long enough.
    private static let common: Set<String> = [
        "123456789012", "1234567890123", "12345678901234", "123456789012345", "1234567890123456",
        "123456789123", "123123123123", "1q2w3e4r5t6y", "1q2w3e4r5t6y7u8i", "1qaz2wsx3edc",
        "1qaz2wsx3edc4rfv",
        "abcdefghijkl", "abc123abc123", "administrator", "administrator1", "adminadmin12", "adminadminadmin",
        "asdfghjkl123", "changeme1234", "changemenow1", "correcthorsebatterystaple", "dragondragon",
        "footballfootball", "iloveyou1234", "iloveyou12345", "iloveyouiloveyou", "letmein12345",
        "letmeinletmein",
        "liverpoolfc1", "manchesterunited", "mypassword12", "mypassword123", "p@ssw0rd1234", "p@ssword1234",
        "pa$$word1234", "passw0rd1234", "password1234", "password12345", "password123456", "password2024",
        "password2025", "password2026", "password123!", "password1234!", "passwordpassword", "princess1234",
        "q1w2e3r4t5y6", "qazwsxedcrfv", "qwerty123456", "qwerty1234567", "qwertyqwerty", "qwertyuiop12",
        "qwertyuiop123", "qwertyuiop[]", "qwertyuiopas", "qwertyuiopasdfgh", "secret123456", "secretsecret",
        "sunshine1234", "superman1234", "thisisapassword", "trustno1trustno1", "welcome12345",
        "welcome123456",
        "welcomewelcome", "zxcvbnm12345", "zxcvbnmasdfghjkl",
    ]
}
