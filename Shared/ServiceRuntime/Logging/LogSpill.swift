import Foundation
import Models

/// Batches kept in files while the bus is away: `<folder>/<instance>/<ULID>.spill`, a batch a line
/// (`<message id> <count> <envelope>`), at most 64 MiB.
///
/// A file is deleted when all its batches are sent, so after a crash at most one file's batches (4 MiB) are sent
/// again, under their old message ids. Files are not forced to the disk: they outlive the process, not a power cut.
/// The folders of instances that no longer run are taken over at the start.
struct LogSpill {
    /// How many bytes all files have at most: 64 MiB.
    static let byteLimit = 64 << 20
    /// When the next file begins: 4 MiB.
    static let fileBytes = 4 << 20

    private let folder: SpillFolder
    private let byteLimit: Int
    /// Files not yet read, in order; the last one may be written to.
    private var files: [(url: URL, bytes: Int)]
    /// The file being written, always the last of `files`.
    private var writer: FileHandle?
    /// The batches read from the oldest file, not yet sent.
    private var head: ArraySlice<LogBatch> = []
    private var headFile: (url: URL, bytes: Int)?

    init(folder: String, instance: String, byteLimit: Int = Self.byteLimit) throws {
        self.folder = try SpillFolder(root: URL(filePath: folder), instance: instance)
        self.byteLimit = byteLimit
        files = try self.folder.files()
    }

    var isEmpty: Bool { head.isEmpty && files.isEmpty }

    private var bytes: Int { files.reduce(headFile?.bytes ?? 0) { $0 + $1.bytes } }

    /// - Returns: false where the limit is reached.
    mutating func append(_ batch: LogBatch) throws -> Bool {
        var line = Array("\(batch.id) \(batch.count) ".utf8)
        line.append(contentsOf: batch.body)
        line.append(10)
        guard bytes + line.count <= byteLimit else { return false }
        if writer == nil || (files.last?.bytes ?? 0) >= Self.fileBytes { try beginFile() }
        guard let writer, let last = files.indices.last else { return false }
        do {
            try writer.write(contentsOf: line)
        } catch {
            // Nothing half-written may stand before the next line.
            try writer.truncate(atOffset: UInt64(files[last].bytes))
            throw error
        }
        files[last].bytes += line.count
        return true
    }

    /// The oldest batch.
    mutating func first() throws -> LogBatch? {
        while head.isEmpty, !files.isEmpty {
            let file = files.removeFirst()
            if files.isEmpty { writer = nil }
            headFile = file
            head = Self.batches(in: try Data(contentsOf: file.url))[...]
            if head.isEmpty { try deleteHead() }
        }
        return head.first
    }

    mutating func removeFirst(id: String) throws {
        guard try first()?.id == id else { return }
        head.removeFirst()
        if head.isEmpty { try deleteHead() }
    }

    private mutating func deleteHead() throws {
        guard let file = headFile.take() else { return }
        try FileManager.default.removeItem(at: file.url)
    }

    private mutating func beginFile() throws {
        let url = folder.newFile()
        guard FileManager.default.createFile(atPath: url.path(percentEncoded: false), contents: nil) else {
            throw CocoaError(.fileWriteUnknown)
        }
        writer = try FileHandle(forWritingTo: url)
        files.append((url, 0))
    }

    /// Reads the lines that are whole; the last one of a crashed process may not be.
    static func batches(in data: Data) -> [LogBatch] {
        data.split(separator: 10).compactMap { line in
            let parts = line.split(separator: 32, maxSplits: 2)
            guard parts.count == 3, parts[2].last == 125,
                let count = Int(String(decoding: parts[1], as: UTF8.self))
            else { return nil }
            return LogBatch(
                id: String(decoding: parts[0], as: UTF8.self), count: count, body: Array(parts[2]))
        }
    }
}
