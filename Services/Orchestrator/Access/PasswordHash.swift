import CMalloc
import Crypto
import CryptoExtras
import Foundation

/// A password as it is stored, `$scrypt$ln=14,r=8,p=5$<salt>$<key>` with base 64 without padding: how it was made is part of
/// it, so that the cost can rise while passwords of before go on being good.
///
/// - SeeAlso: RFC 7914 (scrypt); the PHC string format; OWASP's Password Storage Cheat Sheet, whose row of 16 MiB is used.
package struct PasswordHash: Sendable, Equatable {
    /// What trying one password costs.
    package struct Cost: Sendable, Equatable {
        /// N is 2 to the power of this.
        package var logarithmOfRounds: Int
        package var blockSize: Int
        package var parallelism: Int

        /// 16 MiB, five times.
        package static let standard = Cost(logarithmOfRounds: 14, blockSize: 8, parallelism: 5)

        /// What a stored password may ask for at the most, should the database be damaged: 256 MiB.
        fileprivate var isBearable: Bool {
            (1...20).contains(logarithmOfRounds) && (1...32).contains(blockSize)
                && (1...16).contains(parallelism) && 128 * blockSize << logarithmOfRounds <= 256 << 20
        }
    }

    static let keyBytes = 32

    let cost: Cost
    private let salt: Data
    private let key: SymmetricKey

    /// Hashes a password with a new salt. Takes as long as the cost says.
    init(_ password: String, cost: Cost) throws {
        let salt = Self.newSalt()
        self.cost = cost
        self.salt = salt
        key = try Self.key(password, salt, cost)
    }

    /// One that fits no password, because its key was not made of any. Trying it takes as long as with others.
    init(fittingNoneAt cost: Cost) {
        self.cost = cost
        salt = Self.newSalt()
        key = SymmetricKey(size: .bits256)
    }

    /// Nil where the text is no stored password.
    init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt", let cost = Self.cost(parts[2]),
            let salt = Self.bytes(parts[3]), let key = Self.bytes(parts[4]), key.count == Self.keyBytes
        else { return nil }
        self.cost = cost
        self.salt = salt
        self.key = SymmetricKey(data: key)
    }

    var text: String {
        "$scrypt$ln=\(cost.logarithmOfRounds),r=\(cost.blockSize),p=\(cost.parallelism)$\(Self.text(salt))$"
            + Self.text(key.withUnsafeBytes { Data($0) })
    }

    /// Whether this is the password. Keys are compared in constant time.
    func matches(_ password: String) throws -> Bool {
        try Self.key(password, salt, cost) == key
    }

    /// Has the allocator give blocks from 1 MiB on back to the system as soon as they are free. Otherwise it learns from the
    /// first hash to keep the 16 MiB for the next one, in each thread's arena.
    ///
    /// - SeeAlso: mallopt(3), `M_MMAP_THRESHOLD`.
    private static let largeBlocksGoBack = mallopt(M_MMAP_THRESHOLD, 1 << 20) == 1

    private static func newSalt() -> Data {
        SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
    }

    private static func key(_ password: String, _ salt: Data, _ cost: Cost) throws -> SymmetricKey {
        _ = largeBlocksGoBack
        return try KDF.Scrypt.deriveKey(
            from: Data(password.utf8), salt: salt, outputByteCount: keyBytes,
            rounds: 1 << cost.logarithmOfRounds, blockSize: cost.blockSize, parallelism: cost.parallelism)
    }

    private static func cost(_ text: Substring) -> Cost? {
        var values: [Substring: Int] = [:]
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: "=")
            guard parts.count == 2, let value = Int(parts[1]) else { return nil }
            values[parts[0]] = value
        }
        guard let rounds = values["ln"], let blockSize = values["r"], let parallelism = values["p"] else {
            return nil
        }
        let cost = Cost(logarithmOfRounds: rounds, blockSize: blockSize, parallelism: parallelism)
        return cost.isBearable ? cost : nil
    }

    private static func text(_ bytes: Data) -> String {
        bytes.base64EncodedString().replacing("=", with: "")
    }

    private static func bytes(_ text: Substring) -> Data? {
        Data(base64Encoded: text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
    }
}
