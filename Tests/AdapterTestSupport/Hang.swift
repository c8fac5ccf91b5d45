/// A third party that never answers.
package enum Hang {
    /// Returns when the task is cancelled, and at the latest when the test run ends.
    package static func untilCancelled() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        for await _ in stream {}
        continuation.finish()
    }
}
