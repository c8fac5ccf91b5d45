import Crypto
import CryptoExtras
import Foundation
import Models
import Testing

@testable import Orchestrator

/// Passwords: how they are stored, which are taken, and how guessing is slowed down.
@Suite struct PasswordTests {
    private static let cheap = PasswordHash.Cost(logarithmOfRounds: 4, blockSize: 8, parallelism: 1)

    @Test func `a stored password says how it was made, and holds nothing of it`() throws {
        let hash = try PasswordHash("correct horse battery", cost: Self.cheap)
        #expect(hash.text.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(!hash.text.contains("horse"))
        let again = try #require(PasswordHash(text: hash.text))
        #expect(again == hash)
        #expect(try again.matches("correct horse battery"))
        for wrong in ["", "correct horse batter", "correct horse battery ", "Correct horse battery"] {
            #expect(try !again.matches(wrong))
        }
        #expect(try PasswordHash("correct horse battery", cost: Self.cheap).text != hash.text)
    }

    /// RFC 7914, section 12: the second test vector, in the form that is stored here, cut to 32 bytes.
    @Test func `a password is judged as RFC 7914 has it`() throws {
        let key: [UInt8] = [
            0xfd, 0xba, 0xbe, 0x1c, 0x9d, 0x34, 0x72, 0x00, 0x78, 0x56, 0xe7, 0x19, 0x0d, 0x01, 0xe9, 0xfe,
            0x7c, 0x6a, 0xd7, 0xcb, 0xc8, 0x23, 0x78, 0x30, 0xe7, 0x73, 0x76, 0x63, 0x4b, 0x37, 0x31, 0x62,
        ]
        func text(_ bytes: some Sequence<UInt8>) -> String {
            Data(bytes).base64EncodedString().replacing("=", with: "")
        }
        let stored = "$scrypt$ln=10,r=8,p=16$\(text("NaCl".utf8))$\(text(key))"
        #expect(try #require(PasswordHash(text: stored)).matches("password"))
    }

    @Test func `what is no stored password, or would cost too much, is refused`() throws {
        let good = try PasswordHash("x", cost: Self.cheap).text
        #expect(PasswordHash(text: good) != nil)
        for bad in [
            "", "x", good.replacing("scrypt", with: "argon2"), good.replacing("ln=4", with: "ln=40"),
            good.replacing("ln=4", with: "ln=0"), good.replacing("r=8", with: "r=900"),
            good.replacing("p=1$", with: "$"), String(good.dropLast(20)), good + "$x",
            good.replacing("ln=4,r=8", with: "ln=20,r=32"),
        ] { #expect(PasswordHash(text: bad) == nil, "\(bad)") }
    }

    @Test func `nobody's password fits nothing, and what was made more cheaply is outdated`() async throws {
        let checks = PasswordChecks(cost: Self.cheap)
        #expect(try await checks.matches("anything at all", nil).fits == false)
        let stored = try await checks.hash("correct horse battery")
        let today = try await checks.matches("correct horse battery", stored)
        #expect(today.fits && !today.isOutdated)
        let dearer = PasswordChecks(cost: .init(logarithmOfRounds: 5, blockSize: 8, parallelism: 1))
        let later = try await dearer.matches("correct horse battery", stored)
        #expect(later.fits && later.isOutdated)
        // Typed with another keyboard: é as one character or as two.
        let accented = try await checks.hash("caf\u{e9} au lait, please")
        #expect(try await checks.matches("cafe\u{301} au lait, please", accented).fits)
    }

    @Test(arguments: [
        ("eleven char", "must have at least 12 characters"), ("", "must have at least 12 characters"),
        (String(repeating: "abcdefgh", count: 17), "must have at most 128 characters"),
        (String(repeating: "😀🎉🚀🌍🔥", count: 26), "must have at most 128 characters"),
        ("password1234", "is one of those that are tried first; take another"),
        ("PassWord1234", "is one of those that are tried first; take another"),
        ("aaaaaaaaaaaaaaaa", "is one of those that are tried first; take another"),
        ("sam.smith@example.com", "must be something else than the e-mail address or the name"),
        ("Samuel  Smithson", "must be something else than the e-mail address or the name"),
    ])
    func `a password that is easily guessed is refused with why`(password: String, reason: String) {
        let failure = #expect(throws: RequestFailure.self) {
            try PasswordPolicy.check(password, email: "sam.smith@example.com", name: "Samuel Smithson")
        }
        #expect(failure?.problems.map(\.pointer) == ["/password"])
        #expect(failure?.problems.first?.detail == reason)
        #expect(failure.map { !"\($0)\($0.problems)".contains("PassWord1234") } == true)
    }

    @Test(arguments: ["correct horse battery", "zwölf Zeichen", "                 a b c d e f"])
    func `a long password of any characters is taken`(password: String) throws {
        try PasswordPolicy.check(password, email: "sam@example.com", name: "Sam")
    }

    @Test func `after five failures each further try waits twice as long, up to a quarter of an hour`() throws
    {
        let clock = TestClock()
        let throttle = SignInThrottle(now: { clock.now })
        for _ in 0..<SignInThrottle.freeFailures { try throttle.begin(["a", "x"]) }
        var waits: [Int] = []
        for _ in 0..<12 {
            let refused = #expect(throws: RequestFailure.self) { try throttle.begin(["a", "y"]) }
            let wait = try #require(refused?.retryAfterSeconds)
            #expect(refused?.kind == .tooMany)
            waits.append(wait)
            clock.advance(by: .seconds(wait))
            try throttle.begin(["a"])
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
        // Another name is not kept waiting, and what was refused did not count for it.
        try throttle.begin(["y"])
        throttle.forgive(["a"])
        try throttle.begin(["a"])
    }

    @Test func `many tries at once are counted before any has failed`() throws {
        let clock = TestClock()
        let throttle = SignInThrottle(now: { clock.now })
        let begun = (0..<100).count { _ in (try? throttle.begin(["a"])) != nil }
        #expect(begun == SignInThrottle.freeFailures)
        // One's own success takes only itself back from an address that others failed from too.
        throttle.forgive([], once: ["a"])
        try throttle.begin(["a"])
        #expect(throws: RequestFailure.self) { try throttle.begin(["a"]) }
    }

    @Test func `names are forgotten after a while, and more than are remembered share one count`() throws {
        let clock = TestClock()
        let throttle = SignInThrottle(now: { clock.now })
        for number in 0..<SignInThrottle.names { try throttle.begin(["\(number)"]) }
        for number in 0..<SignInThrottle.freeFailures { try throttle.begin(["new \(number)"]) }
        #expect(throws: RequestFailure.self) { try throttle.begin(["another"]) }
        clock.advance(by: SignInThrottle.memory + SignInThrottle.firstWait)
        for _ in 0..<SignInThrottle.freeFailures { try throttle.begin(["another"]) }
    }
}
