import Synchronization

@testable import ServiceRuntime

/// Keeps what would go to standard error.
final class MemoryOutput: LogOutput {
    private let state = Mutex<[String]>([])

    var lines: [String] { state.withLock { $0 } }

    func write(_ line: ArraySlice<UInt8>, closing: StaticString) {
        let text = String(decoding: line, as: UTF8.self) + closing.description
        state.withLock { $0.append(text) }
    }

    func flush() {}
}
