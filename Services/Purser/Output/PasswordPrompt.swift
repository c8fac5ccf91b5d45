import Foundation

/// Reads a password from who types it, without showing it, or from a pipe. Never from an argument, which others on the
/// machine could see.
enum PasswordPrompt {
    /// - Throws: `CommandFailure` (`usage`) where two that were typed differ, or nothing came.
    static func read(_ question: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return try line() }
        let first = try hidden(question)
        guard try hidden("Once more") == first else {
            throw CommandFailure(.usage, "The two passwords differ.")
        }
        return first
    }

    private static func hidden(_ question: String) throws -> String {
        FileHandle.standardError.write(Data("\(question): ".utf8))
        var shown = termios()
        tcgetattr(STDIN_FILENO, &shown)
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            warn("")
        }
        return try line()
    }

    private static func line() throws -> String {
        guard let line = readLine(), !line.isEmpty else {
            throw CommandFailure(.usage, "No password came. Type one, or send one line through a pipe.")
        }
        return line
    }
}
