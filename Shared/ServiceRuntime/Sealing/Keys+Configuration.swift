import Foundation
package import Logging

extension RuntimeConfiguration {
    /// The file that keeps a master key which was not given: `master.key` in the data folder, for its owner alone.
    package var ownMasterKeyFile: String { dataFolder + "/master.key" }

    /// The master keys: those given, else the data folder's, made at the first start where all services run in one
    /// process. Those of a file are followed while the process runs.
    ///
    /// - Throws: `ConfigurationError` where none is given and there is none to be made, or where it is no key.
    package func loadMasterKeys(logger: Logger) throws -> MasterKeys {
        if let path = masterKeyFile {
            return try masterKeys(of: path, named: "PURSER_MASTER_KEY_FILE", logger: logger)
        }
        if let given = masterKey {
            return MasterKeys(
                try Self.checked("PURSER_MASTER_KEY") { try MasterKeyRing(text: given.revealed) })
        }
        guard bus == .embedded else {
            throw ConfigurationError(problems: [
                "PURSER_MASTER_KEY or PURSER_MASTER_KEY_FILE is missing. Make a key with: openssl rand -base64 32"
            ])
        }
        if !FileManager.default.fileExists(atPath: ownMasterKeyFile) { try makeMasterKey() }
        return try masterKeys(of: ownMasterKeyFile, named: ownMasterKeyFile, logger: logger)
    }

    /// The keys of a gateway or an adapter: those given, else derived from the master keys. Those of a file are followed
    /// while the process runs.
    ///
    /// - Throws: as `loadMasterKeys(logger:)`.
    package func loadSealingKeys(
        for recipient: SealingRecipient, logger: Logger
    ) throws -> any SealingKeys {
        if let path = sealingKeyFile {
            return try Self.checked("PURSER_SEALING_KEY_FILE") {
                try WatchedKeys(path, logger: logger) { try KeyRing(text: $0) }
            }
        }
        guard let given = sealingKey else {
            return try loadMasterKeys(logger: logger).derived(for: recipient)
        }
        return try Self.checked("PURSER_SEALING_KEY") { try KeyRing(text: given.revealed) }
    }

    private func masterKeys(of path: String, named name: String, logger: Logger) throws -> MasterKeys {
        MasterKeys(
            try Self.checked(name) {
                try WatchedKeys(path, logger: logger) { try MasterKeyRing(text: $0) }
            })
    }

    private func makeMasterKey() throws {
        try FileManager.default.createDirectory(atPath: dataFolder, withIntermediateDirectories: true)
        let isMade = FileManager.default.createFile(
            atPath: ownMasterKeyFile, contents: Data((MasterKey().text + "\n").utf8),
            attributes: [.posixPermissions: 0o600])
        guard isMade else { throw ConfigurationError(problems: ["\(ownMasterKeyFile) cannot be written."]) }
    }

    private static func checked<Keys>(_ source: String, _ read: () throws -> Keys) throws -> Keys {
        do {
            return try read()
        } catch {
            let reason = (error as? SealingError)?.message ?? "it cannot be read"
            throw ConfigurationError(problems: ["\(source) cannot be used: \(reason)."])
        }
    }
}
