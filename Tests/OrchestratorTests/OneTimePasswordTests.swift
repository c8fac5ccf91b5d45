import Foundation
import Models
import Testing

@testable import Orchestrator

/// Codes of authenticator apps.
@Suite struct OneTimePasswordTests {
    private static let secret = Data("12345678901234567890".utf8)

    /// RFC 6238, appendix B: the rows of SHA-1, with 8 digits.
    @Test(arguments: [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ])
    func `codes are those of RFC 6238`(seconds: Int64, code: String) {
        let step = OneTimePassword.step(at: Timestamp(milliseconds: seconds * 1000))
        #expect(OneTimePassword.code(of: Self.secret, step: step, digits: 8) == code)
        #expect(OneTimePassword.code(of: Self.secret, step: step) == code.suffix(6))
    }

    @Test func `a code counts a step early or late, and once`() {
        let now = Timestamp(milliseconds: 1_700_000_000_000)
        let step = OneTimePassword.step(at: now)
        func found(_ offset: Int, after last: Int? = nil) -> Int? {
            let code = OneTimePassword.code(of: Self.secret, step: step + offset)
            return OneTimePassword.step(of: code, secret: Self.secret, at: now, after: last)
        }
        for offset in -1...1 { #expect(found(offset) == step + offset) }
        for offset in [-3, -2, 2, 3] { #expect(found(offset) == nil) }
        #expect(found(0, after: step) == nil)
        #expect(found(-1, after: step) == nil)
        #expect(found(1, after: step) == step + 1)
        #expect(found(0, after: step - 1) == step)
    }

    @Test(arguments: ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
    func `what is no code is refused`(code: String) {
        let now = Timestamp(milliseconds: 1_700_000_000_000)
        #expect(OneTimePassword.step(of: code, secret: Self.secret, at: now, after: nil) == nil)
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ])
    func `base 32 is that of RFC 4648`(plain: String, text: String) {
        #expect(Base32.text(of: Data(plain.utf8)) == text)
        #expect(Base32.bytes(text) == Data(plain.utf8))
    }

    @Test func `an app is set up by an address`() {
        let address = OneTimePassword.address(secret: "MZXW6YTBOI", email: "sam@example.com")
        #expect(address.hasPrefix("otpauth://totp/Purser:sam@example.com?secret=MZXW6YTBOI&issuer=Purser"))
    }

    @Test func `recovery codes are ten, all different, and known however they are typed`() {
        let codes = SecondFactor.makeRecoveryCodes()
        #expect(Set(codes).count == 10)
        for code in codes {
            #expect(code.wholeMatch(of: /([a-z2-7]{4}-){3}[a-z2-7]{4}/) != nil)
            #expect(SecondFactor.hash(code.uppercased().replacing("-", with: " ")) == SecondFactor.hash(code))
        }
    }
}
