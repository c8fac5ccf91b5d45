import Foundation
import Models
import ServiceRuntime

/// The first admin token: the one given as `PURSER_ADMIN_TOKEN`, else that of the file `admin-token` in the data
/// folder, which is made at the first start, for its owner alone.
struct AdminToken {
    let text: String
    /// Where the operator finds it; nil where it was given.
    let file: String?

    /// - Throws: where the file cannot be read or made.
    init(_ configuration: RuntimeConfiguration) throws {
        if let given = configuration.adminToken {
            text = given.revealed
            file = nil
            return
        }
        let path = configuration.dataFolder + "/admin-token"
        file = path
        if let stored = FileManager.default.contents(atPath: path) {
            text = String(decoding: stored, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            return
        }
        text = TokenText.make(role: .admin)
        try FileManager.default.createDirectory(
            atPath: configuration.dataFolder, withIntermediateDirectories: true)
        let isMade = FileManager.default.createFile(
            atPath: path, contents: Data((text + "\n").utf8), attributes: [.posixPermissions: 0o600])
        guard isMade else { throw ConfigurationError(problems: ["\(path) cannot be written."]) }
    }
}
