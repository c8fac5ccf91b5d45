import GRDB
package import Models

extension Transaction {
    /// Notes that an adapter instance was heard of, with the providers that it has.
    package func note(_ announcement: AdapterAnnounced, at time: Timestamp) throws {
        try run(
            """
            INSERT INTO adapters VALUES (?, ?, ?, ?) ON CONFLICT (instance) DO UPDATE SET
                category = excluded.category, last_seen_at = excluded.last_seen_at, is_online = excluded.is_online
            """, [announcement.instance, announcement.category, time, !announcement.leaving])
        for descriptor in announcement.providers {
            try run(
                """
                INSERT INTO providers VALUES (?1, ?2, ?3) ON CONFLICT (category, provider) DO UPDATE SET
                    descriptor = excluded.descriptor WHERE descriptor <> excluded.descriptor
                """, [descriptor.category, descriptor.provider, Self.json(descriptor)])
        }
    }

    /// Adapter instances heard of since `since`, or all of them. `isOnline` says whether they had not left by then.
    package func adapters() throws -> [(instance: String, category: String, lastSeenAt: Timestamp, isOnline: Bool)] {
        try rows("SELECT * FROM adapters ORDER BY category, instance").map { row in
            (row["instance"], row["category"], Timestamp(milliseconds: row["last_seen_at"]), row["is_online"])
        }
    }

    /// Forgets instances that were last heard of before `time`.
    package func forgetAdapters(before time: Timestamp) throws {
        try run("DELETE FROM adapters WHERE last_seen_at < ?", [time])
    }

    package func descriptors() throws -> [ProviderDescriptor] {
        try rows("SELECT descriptor FROM providers ORDER BY category, provider").map { try Self.value($0["descriptor"]) }
    }
}
