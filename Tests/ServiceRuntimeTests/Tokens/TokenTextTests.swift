import Models
import Testing

@testable import ServiceRuntime

/// The form of tokens.
@Suite struct TokenTextTests {
    /// The check value of the catalogue of parametrised CRC algorithms, for CRC-32/ISO-HDLC.
    @Test func `the checksum is CRC-32`() {
        #expect(TokenText.crc32("123456789".utf8) == 0xCBF4_3926)
        #expect(TokenText.crc32("".utf8) == 0)
    }

    @Test(arguments: Role.allCases)
    func `a token has its form and no other the same`(role: Role) {
        let token = TokenText.make(role: role)
        #expect(token.hasPrefix("psr_\(role.rawValue)_"))
        #expect(token.wholeMatch(of: /psr_[a-z]+_[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}/) != nil)
        #expect(!TokenText.isMistyped(token))
        #expect(TokenText.make(role: role) != token)
    }

    @Test func `one wrong character anywhere is noticed`() {
        let token = TokenText.make(role: .admin)
        let start = token.index(token.startIndex, offsetBy: "psr_admin_".count)
        for index in token[start...].indices {
            var wrong = token
            wrong.replaceSubrange(index...index, with: token[index] == "x" ? "y" : "x")
            #expect(TokenText.isMistyped(wrong))
        }
    }

    @Test func `what operators chose, and tokens of before there were checksums, are left alone`() {
        let old = "psr_admin_" + TokenText.random()
        let chosen = [
            "my-own-admin-token-of-32-characters", "psr_", "psr_admin_", "psr_admin_0123456789abcdef", old,
        ]
        for token in chosen { #expect(!TokenText.isMistyped(token), "\(token)") }
        let guest = "psr_guest_" + TokenText.random() + "abcdef"
        #expect(!TokenText.isMistyped(guest))
    }
}
