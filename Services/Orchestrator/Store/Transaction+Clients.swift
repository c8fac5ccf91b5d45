import GRDB
package import Models

extension Transaction {
    package func insert(_ client: Client) throws {
        try run(
            "INSERT INTO clients VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                client.id.rawValue, client.name, client.email, client.phone, client.company,
                client.address.map { Self.json($0) }, client.createdAt,
            ])
    }

    package func client(_ id: ClientID) throws -> Client? {
        if let known = memo.clients[id] { return known }
        let found = try row("SELECT * FROM clients WHERE id = ?", [id.rawValue]).map(Self.client)
        memo.clients[id] = found
        return found
    }

    /// Clients, newest first, with an id below `cursor`.
    ///
    /// - Parameter text: only those that have it in their name, e-mail address, company or id.
    package func clients(text: String? = nil, before cursor: String?, limit: Int) throws -> [Client] {
        var conditions = Conditions()
        conditions.add("id < ?", cursor)
        conditions.add(text: text, in: ["name", "email", "company", "id"])
        return try rows(
            "SELECT * FROM clients \(conditions.clause) ORDER BY id DESC LIMIT ?",
            conditions.arguments + [limit]
        ).map(Self.client)
    }

    private static func client(_ row: Row) throws -> Client {
        Client(
            id: ClientID(rawValue: row[0]), name: row[1], email: row[2], phone: row[3],
            company: row[4], address: try (row[5] as String?).map { try value($0) },
            createdAt: Timestamp(milliseconds: row[6]))
    }
}
