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
        try row("SELECT * FROM clients WHERE id = ?", [id.rawValue]).map(Self.client)
    }

    /// Clients, newest first, with an id below `cursor`.
    package func clients(before cursor: String?, limit: Int) throws -> [Client] {
        try rows(
            "SELECT * FROM clients WHERE (?1 IS NULL OR id < ?1) ORDER BY id DESC LIMIT ?2", [cursor, limit]
        ).map(Self.client)
    }

    private static func client(_ row: Row) throws -> Client {
        Client(
            id: ClientID(rawValue: row["id"]), name: row["name"], email: row["email"], phone: row["phone"],
            company: row["company"], address: try (row["address"] as String?).map { try value($0) },
            createdAt: Timestamp(milliseconds: row["created_at"]))
    }
}
