import Foundation
import Models
import Orchestrator

/// A copy of a data folder's databases, each as it is at one moment.
///
/// The orchestrator's is the system of record; the log's is a little newer or older, and nothing depends on that. They are
/// copied from the files and not by the services: so it works while the bus or a service is away, and no one on the
/// network can have files written.
struct Backup {
    /// Within the data folder, and within the backup.
    private static let record = "orchestrator/purser.sqlite"
    private static let log = "log/log.sqlite"

    private let dataFolder: URL

    init(of dataFolder: String) {
        self.dataFolder = URL(fileURLWithPath: dataFolder)
    }

    /// - Returns: `folder`, `made_at` and the `files` with their `path` and `bytes`.
    /// - Throws: `CommandFailure` (`refused`) where there is nothing to copy, the folder is not empty, or a copy fails; then
    ///   nothing is left of it.
    func make(in path: String) throws -> JSONValue {
        let target = URL(fileURLWithPath: path).standardizedFileURL
        let manager = FileManager.default
        guard manager.fileExists(atPath: dataFolder.appending(path: Self.record).path) else {
            throw CommandFailure(
                .refused,
                "\(dataFolder.path) has no \(Self.record). Set PURSER_DATA to the orchestrator's data folder."
            )
        }
        if manager.fileExists(atPath: target.path) {
            // A file has no content to be listed.
            guard let content = try? manager.contentsOfDirectory(atPath: target.path), content.isEmpty else {
                throw CommandFailure(.refused, "\(target.path) is there already and not an empty folder.")
            }
        }
        // Under its name only once it is whole.
        let making = target.deletingLastPathComponent().appending(
            path: ".\(target.lastPathComponent)-\(UUID().uuidString)")
        do {
            let backup = try fill(making, named: target.path)
            guard rename(making.path, target.path) == 0 else {
                throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: target.path])
            }
            return backup
        } catch {
            try? manager.removeItem(at: making)  // There may be none, and the reason is told.
            throw CommandFailure(.refused, "The backup could not be made.", details: ["\(error)"])
        }
    }

    private func fill(_ folder: URL, named name: String) throws -> JSONValue {
        let manager = FileManager.default
        try manager.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // Before the copy is begun: what happens during it counts as having happened since.
        let madeAt = Timestamp.now
        var files: [JSONValue] = []
        for path in [Self.record, Self.log] {
            let source = dataFolder.appending(path: path)
            guard manager.fileExists(atPath: source.path) else { continue }
            let copy = folder.appending(path: path)
            try DatabaseCopy.make(of: source, at: copy)
            if path == Self.record { try Store.mark(backup: copy, madeAt: madeAt) }
            let bytes = try copy.resourceValues(forKeys: [.fileSizeKey]).fileSize
            files.append(["path": .string(path), "bytes": .integer(bytes ?? 0)])
        }
        return [
            "folder": .string(name), "made_at": .string(madeAt.description), "files": .array(files),
        ]
    }
}
