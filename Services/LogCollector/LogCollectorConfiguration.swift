import Models

/// What the log collector keeps, and for how long.
package struct LogCollectorConfiguration: Sendable {
    /// The database's path; its folder is made.
    package var storePath: String
    /// How old an entry may become: 30 days.
    package var maximumAge: Duration = .seconds(30 * 86_400)
    /// How large the log may become, with its index: 2 GiB.
    package var maximumBytes = 2 << 30
    /// How often age and size are looked at: every 30 s.
    package var retentionInterval: Duration = .seconds(30)
    /// Between two announcements of committed entries: at least 50 ms.
    package var announcementInterval: Duration = .milliseconds(50)
    /// How many requests are answered beside each other.
    package var requestConcurrency = 4

    package init(storePath: String) {
        self.storePath = storePath
    }

    /// - Parameter dataFolder: `PURSER_DATA`.
    package init(dataFolder: String) {
        self.init(storePath: dataFolder + "/log/log.sqlite")
    }
}
