import AdapterKit
import Models

/// Ids of servers where they are numbers.
enum ServerNumber {
    /// The id, where it is a number: digits alone can neither change a path nor name several servers.
    ///
    /// - Throws: `notFound` for all else.
    static func checked(_ id: String) throws(ProviderError) -> String {
        guard isNumber(id) else { throw ProviderError(.notFound, "There is no such server.") }
        return id
    }

    static func isNumber(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
