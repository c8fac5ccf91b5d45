/// Why a command did not do what was asked: a sentence that says what to do, and the process's exit status.
struct CommandFailure: Error, CustomStringConvertible {
    /// Exit statuses, as `purser --help` lists them.
    enum Status: Int32 {
        /// Purser refused: not found, not valid, not possible now.
        case refused = 1
        /// The action ended, but did not succeed.
        case actionFailed = 2
        /// The action has not ended in time.
        case actionUnfinished = 3
        /// Wrong usage (`EX_USAGE` of sysexits.h).
        case usage = 64
        /// Purser, or a part of it, cannot be reached (`EX_UNAVAILABLE`).
        case unavailable = 69
        /// No token, or not the rights (`EX_NOPERM`).
        case notPermitted = 77
    }

    let status: Status
    let message: String
    /// Further lines, as one for each field that is wrong.
    var details: [String] = []

    init(_ status: Status, _ message: String, details: [String] = []) {
        self.status = status
        self.message = message
        self.details = details
    }

    var description: String { ([message] + details.map { "  \($0)" }).joined(separator: "\n") }
}
