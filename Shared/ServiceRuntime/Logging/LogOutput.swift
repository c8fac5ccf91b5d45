/// Where entries are shown beside being published.
package protocol LogOutput: Sendable {
    /// Takes one line, without its line end. Never waits.
    ///
    /// - Parameter closing: what comes between the line and its end.
    func write(_ line: ArraySlice<UInt8>, closing: StaticString)
    /// Returns when all lines taken so far are written.
    func flush()
}

/// How entries look on standard error.
package enum LogForm: Sendable {
    /// One JSON object a line, as `LogEntry` without its debug data.
    case json
    /// A short coloured line, for people at a terminal.
    case human
}
