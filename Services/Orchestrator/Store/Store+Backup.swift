package import Foundation
import GRDB
package import Models

extension Store {
    /// Marks a copy of the database as a backup, so that the first start on it knows that things may have happened since.
    ///
    /// - Parameter file: the copy, which nothing has open.
    /// - Throws: where it is no database of this version.
    package static func mark(backup file: URL, madeAt time: Timestamp) throws {
        let queue = try DatabaseQueue(path: file.path)
        try queue.write { database in
            try database.execute(sql: "INSERT INTO backups (made_at) VALUES (?)", arguments: [time])
        }
        try queue.close()
    }
}
