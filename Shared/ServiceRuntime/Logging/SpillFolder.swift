import Foundation
import Models

/// The spill folder of one instance, held by a lock for as long as the value lives.
final class SpillFolder: Sendable {
    private static let fileExtension = "spill"

    private let url: URL
    private let lock: Int32

    /// Takes the instance's folder, and the files of instances that no longer run.
    ///
    /// Where another process holds the folder, one with the process's id behind its name is used.
    init(root: URL, instance: String) throws {
        let manager = FileManager.default
        try manager.createDirectory(at: root, withIntermediateDirectories: true)
        let names = [instance, "\(instance)-\(ProcessInfo.processInfo.processIdentifier)"]
        var taken: (url: URL, lock: Int32)?
        for name in names where taken == nil {
            let url = root.appending(path: name, directoryHint: .isDirectory)
            try manager.createDirectory(at: url, withIntermediateDirectories: true)
            taken = Self.lock(url).map { (url, $0) }
        }
        guard let taken else { throw CocoaError(.fileWriteFileExists) }
        (url, lock) = taken
        try takeOver(from: root)
    }

    deinit {
        close(lock)
    }

    /// Where a further file goes; names rise with time.
    func newFile() -> URL {
        url.appending(
            path: "\(ULID.make(milliseconds: UInt64(Timestamp.now.milliseconds))).\(Self.fileExtension)")
    }

    /// The files there are, the oldest first.
    func files() throws -> [(url: URL, bytes: Int)] {
        try Self.files(in: url).map { file in
            (file, try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)
        }
    }

    private func takeOver(from root: URL) throws {
        let manager = FileManager.default
        let folders = try manager.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
        for folder in folders
        where folder.lastPathComponent != url.lastPathComponent && folder.hasDirectoryPath {
            guard let lock = Self.lock(folder) else { continue }
            defer { close(lock) }
            for file in try Self.files(in: folder) {
                try manager.moveItem(at: file, to: url.appending(path: file.lastPathComponent))
            }
            try manager.removeItem(at: folder)
        }
    }

    private static func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.fileSizeKey])
            .filter { $0.pathExtension == fileExtension }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    /// A descriptor that holds the folder's lock, or nil where another process does.
    private static func lock(_ folder: URL) -> Int32? {
        let path = folder.appending(path: "lock").path(percentEncoded: false)
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
