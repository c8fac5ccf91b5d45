import Foundation

extension RuntimeConfiguration {
    /// The file that keeps a master key which was not given: `master.key` in the data folder, for its owner alone.
    private var masterKeyFile: String { dataFolder + "/master.key" }

    /// The master key: the one given, else the data folder's, which is made at the first start where all services run in
    /// one process.
    ///
    /// - Throws: `ConfigurationError` where none is given and there is none to be made, or where it is no key.
    package func loadMasterKey() throws -> MasterKey {
        if let given = masterKey {
            return try readKey("PURSER_MASTER_KEY") { () throws(SealingError) in
                try MasterKey(text: given.revealed)
            }
        }
        guard bus == .embedded else {
            throw ConfigurationError(problems: [
                "PURSER_MASTER_KEY or PURSER_MASTER_KEY_FILE is missing. Make a key with: openssl rand -base64 32"
            ])
        }
        if let text = FileManager.default.contents(atPath: masterKeyFile) {
            return try readKey(masterKeyFile) { () throws(SealingError) in
                try MasterKey(text: String(decoding: text, as: UTF8.self))
            }
        }
        let key = MasterKey()
        try FileManager.default.createDirectory(atPath: dataFolder, withIntermediateDirectories: true)
        let isMade = FileManager.default.createFile(
            atPath: masterKeyFile, contents: Data((key.text + "\n").utf8),
            attributes: [.posixPermissions: 0o600])
        guard isMade else { throw ConfigurationError(problems: ["\(masterKeyFile) cannot be written."]) }
        return key
    }

    /// The key of a gateway or an adapter: the one given, else derived from the master key.
    ///
    /// - Throws: as `loadMasterKey()`.
    package func loadSealingKey(for recipient: SealingRecipient) throws -> SealingKey {
        guard let given = sealingKey else { return try loadMasterKey().derived(for: recipient) }
        return try readKey("PURSER_SEALING_KEY") { () throws(SealingError) in
            try SealingKey(text: given.revealed)
        }
    }

    private func readKey<Key>(_ source: String, _ read: () throws(SealingError) -> Key) throws -> Key {
        do {
            return try read()
        } catch {
            throw ConfigurationError(problems: ["\(source) cannot be used: \(error.message)."])
        }
    }
}
