import Foundation
import Models
import ServiceRuntime

/// The files with the master keys, and with what each service gets of them, where they are on this machine.
struct KeyFiles {
    private let master: String
    private let folder: String
    /// The master keys as they are in the file.
    private(set) var ring: MasterKeyRing

    /// - Parameters:
    ///   - master: the file with the master keys.
    ///   - folder: where `gateway.key`, `log-collector.key` and a file of each category may be.
    init(master: String, folder: String) throws {
        self.master = master
        self.folder = folder
        guard let text = FileManager.default.contents(atPath: master) else {
            throw ConfigurationError(problems: ["\(master) is not there or cannot be read."])
        }
        ring = try Self.ring(of: String(decoding: text, as: UTF8.self), named: master)
    }

    static func ring(of text: String, named name: String) throws -> MasterKeyRing {
        do throws(SealingError) {
            return try MasterKeyRing(text: text)
        } catch {
            throw ConfigurationError(problems: ["\(name) cannot be used: \(error.message)."])
        }
    }

    /// Who gets keys derived from the master keys, by the names of their files.
    static let recipients = ["gateway", "log-collector"] + Blueprints.all.map(\.category)

    /// - Throws: `CommandFailure` (`usage`) where there is no such recipient.
    static func recipient(_ name: String) throws -> SealingRecipient {
        guard recipients.contains(name) else {
            throw CommandFailure(
                .usage, "There is no recipient \(name). Known are \(recipients.joined(separator: ", ")).")
        }
        switch name {
        case "gateway": return .gateway
        case "log-collector": return .logCollector
        default: return .category(name)
        }
    }

    /// Writes master keys to their file, and to each service's file what it gets of them.
    ///
    /// - Parameter servicesFirst: whether a service has what it is to open before others seal with it.
    mutating func write(_ ring: MasterKeyRing, servicesFirst: Bool = true) throws {
        if !servicesFirst { try Self.replace(master, with: ring.text) }
        for name in Self.recipients {
            let path = "\(folder)/\(name).key"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            try Self.replace(path, with: try ring.derived(for: Self.recipient(name)).text)
        }
        if servicesFirst { try Self.replace(master, with: ring.text) }
        self.ring = ring
    }

    /// Puts a new file in the place of one, so that whoever reads it sees the one or the other; with the same owner, and
    /// readable for nobody else than before.
    private static func replace(_ path: String, with text: String) throws {
        let manager = FileManager.default
        let making = "\(path).\(UUID().uuidString)"
        do {
            let before = try manager.attributesOfItem(atPath: path)
            var attributes: [FileAttributeKey: Any] = [:]
            for key in [FileAttributeKey.posixPermissions, .ownerAccountID, .groupOwnerAccountID] {
                attributes[key] = before[key]
            }
            guard
                manager.createFile(
                    atPath: making, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
            else { throw CocoaError(.fileWriteNoPermission) }
            try manager.setAttributes(attributes, ofItemAtPath: making)
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: making))
            try handle.synchronize()
            try handle.close()
            guard rename(making, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            try? manager.removeItem(atPath: making)  // There may be none, and the reason is told.
            throw CommandFailure(.refused, "\(path) could not be changed.", details: ["\(error)"])
        }
    }
}
