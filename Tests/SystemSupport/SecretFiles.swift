package import Foundation

/// The files of a running system in which secrets are kept on purpose: each in one of its own, for its owner alone.
enum SecretFiles {
    private static let names: Set = [
        "admin-token", "admin-password", "demo-client-token", "demo-client-password", ".erlang.cookie",
    ]
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

    /// What is in those of a folder.
    static func secrets(in folder: URL) throws -> [String] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter(contains)
        return try paths.flatMap { path in
            try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                .split { $0.isWhitespace || $0 == "," }.map(String.init).filter { $0.count >= shortest }
        }
    }
}

extension CanaryScan {
    /// Where secrets are found in a system's folder outside of the files that are meant for them: those that a test gave to
    /// it, and those that are in these files.
    package static func leaks(in folder: URL, of given: some Sequence<String>) throws -> [Finding] {
        let scan = CanaryScan(try Array(given) + SecretFiles.secrets(in: folder))
        return try scan.findings(in: folder, except: SecretFiles.contains)
    }
}
