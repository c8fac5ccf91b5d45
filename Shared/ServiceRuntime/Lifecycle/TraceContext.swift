package import Logging

/// A W3C trace context: which trace something belongs to, and which step of it caused it.
///
/// - SeeAlso: W3C Trace Context, section 3.2 (traceparent, version 00).
package struct TraceContext: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let traceID: String
    /// 16 lower-case hexadecimal digits, not all zero: this step.
    package let spanID: String
    /// Whether the caller records the trace.
    package let isSampled: Bool

    /// What the task at hand belongs to.
    @TaskLocal package static var current: TraceContext?

    private init(traceID: String, spanID: String, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// A new trace.
    package static func make() -> TraceContext {
        var generator = SystemRandomNumberGenerator()
        let traceID = hex(UInt64.random(in: 1...UInt64.max, using: &generator)) + hex(generator.next())
        return TraceContext(traceID: traceID, spanID: makeSpanID(), isSampled: true)
    }

    /// A new step of the same trace.
    package func child() -> TraceContext {
        TraceContext(traceID: traceID, spanID: Self.makeSpanID(), isSampled: isSampled)
    }

    /// Reads a `traceparent` header; nil where it is none. Of versions after 00 the known part is read.
    package init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].utf8.count == 2, Self.isHex(parts[0]), parts[0] != "ff",
            parts[0] != "00" || parts.count == 4,
            parts[1].utf8.count == 32, Self.isHex(parts[1]), parts[1].contains(where: { $0 != "0" }),
            parts[2].utf8.count == 16, Self.isHex(parts[2]), parts[2].contains(where: { $0 != "0" }),
            parts[3].utf8.count == 2, Self.isHex(parts[3]), let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        self.init(traceID: String(parts[1]), spanID: String(parts[2]), isSampled: flags & 1 == 1)
    }

    /// The header's value, version 00.
    package var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    /// Runs an operation as part of this trace: `TraceContext.current` and, in what it logs, the trace's id.
    package func run<Result>(
        _ operation: nonisolated(nonsending) () async throws -> Result
    ) async rethrows -> Result {
        try await Self.$current.withValue(self, operation: operation)
    }

    /// Puts the current trace's id into every log entry; for loggers made by `LogPipeline`.
    package static let metadataProvider = Logger.MetadataProvider {
        current.map { [LogKey.traceID: "\($0.traceID)"] } ?? [:]
    }

    private static func makeSpanID() -> String {
        var generator = SystemRandomNumberGenerator()
        return hex(UInt64.random(in: 1...UInt64.max, using: &generator))
    }

    private static func isHex(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
