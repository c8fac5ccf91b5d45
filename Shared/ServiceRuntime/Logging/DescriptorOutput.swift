import Dispatch
import Foundation
import Synchronization
import Models

/// Writes lines to a file descriptor from a queue of its own, gathered for 5 ms so that one write serves many lines.
///
/// Up to 8 MiB wait while the reader of the descriptor is slow; what comes on top is dropped, and counted in a line of
/// its own.
package final class DescriptorOutput: LogOutput {
    static let byteLimit = 8 << 20
    private static let delay: DispatchTimeInterval = .milliseconds(5)

    private struct State {
        var bytes: [UInt8] = []
        var dropped = 0
        var isScheduled = false
    }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "purser.log.output")
    private let state = Mutex(State())

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    package static let standardError = DescriptorOutput(descriptor: STDERR_FILENO)

    package func write(_ line: ArraySlice<UInt8>, closing: StaticString) {
        let schedules = state.withLock { state in
            guard state.bytes.count + line.count < Self.byteLimit else {
                state.dropped += 1
                return false
            }
            state.bytes.append(contentsOf: line)
            state.bytes.append(literal: closing)
            state.bytes.append(10)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if schedules { queue.asyncAfter(deadline: .now() + Self.delay) { self.drain() } }
    }

    package func flush() {
        queue.sync { drain() }
    }

    private func drain() {
        let (bytes, dropped) = state.withLock { state in
            defer { state = State() }
            return (state.bytes, state.dropped)
        }
        put(bytes)
        if dropped > 0 {
            put(Array("\(dropped) log lines were dropped because standard error was not read.\n".utf8))
        }
    }

    /// Writes all bytes. A descriptor that takes no more ends it: there is nowhere to tell so.
    private func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Foundation.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN {
                    var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&writable, 1, 1_000)
                    continue
                }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
