package import Foundation

/// The files of a running system in which secrets are kept on purpose: each in one of its own, for its owner alone.
enum SecretFiles {
    private static let names: Set = [
        "admin-token", printed, "demo-client-token", "demo-client-password", ".erlang.cookie",
    ]
    /// Has the password that a first start also prints on its terminal, once.
    private static let printed = "admin-password"
    /// Of `compose/up --rabbitmq`: a file for each user of the broker.
    private static let folders: Set = ["passwords", "addresses"]
    /// Shorter words of such a file are no secrets: numbers of generations, names.
    private static let shortest = 16

    /// - Parameter path: within the system's folder.
    static func contains(_ path: String) -> Bool {
        let parts = path.split(separator: "/").map(String.init)
        guard let name = parts.last else { return false }
        return name.hasSuffix(".key") || names.contains(name)
            || parts.dropLast().last.map(folders.contains) == true
    }

    /// What is in those of a folder, and which of it a terminal shows.
    static func secrets(in folder: URL) throws -> (all: [String], printed: Set<String>) {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter(contains)
        let printed = paths.filter { $0.split(separator: "/").last.map(String.init) == Self.printed }
        return (try words(of: paths, in: folder), Set(try words(of: printed, in: folder)))
    }

    private static func words(of paths: [String], in folder: URL) throws -> [String] {
        try paths.flatMap { path in
            try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                .split { $0.isWhitespace || $0 == "," }.map(String.init).filter { $0.count >= shortest }
        }
    }
}

extension CanaryScan {
    /// Where secrets are found in a system's folder outside of the files that are meant for them: those that a test gave to
    /// it, and those that are in these files.
    package static func leaks(in folder: URL, of given: some Sequence<String>) throws -> [Finding] {
        let (kept, printed) = try SecretFiles.secrets(in: folder)
        return try CanaryScan(Array(given) + kept).findings(in: folder, except: SecretFiles.contains) {
            $0.hasSuffix(".output") ? printed : []
        }
    }
}
