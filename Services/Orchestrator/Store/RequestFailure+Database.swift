import GRDB
import Models

extension RequestFailure {
    /// What it means to whoever asked that the database cannot be written or read now, as on a full or read-only disk:
    /// nothing was done, and it may work later. Nil for any other error.
    init?(databaseError error: any Error) {
        guard let error = error as? DatabaseError else { return nil }
        switch error.resultCode {
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_BUSY, .SQLITE_NOMEM:
            self.init(.unavailable, "Purser's data cannot be stored or read at present.")
        default: return nil
        }
    }
}
