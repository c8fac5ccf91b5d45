import Crypto
import Foundation

/// The key that goes with every call: 8 characters made at random, and the MD5 hash, in hexadecimal, of the
/// password with them behind it.
///
/// - SeeAlso: https://www.virtualizor.com/docs/admin-api/
enum VirtualizorKey {
    static let prefixLength = 8

    static func make(password: String, prefix: String) -> String {
        let hash = Insecure.MD5.hash(data: Data((password + prefix).utf8))
        let digits = Array("0123456789abcdef")
        return prefix + String(hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
