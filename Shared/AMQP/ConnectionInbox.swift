import CRabbitMQ
import Foundation
import Synchronization

/// What other threads want a connection's thread to do.
enum Command: Sendable {
    case publish(Publishing)
    case acknowledge(AMQPChannel, tag: UInt64)
    case giveBack(AMQPChannel, tag: UInt64)
    case perform(Operation, CheckedContinuation<Result<OperationAnswer, AMQPError>, Never>)
    /// End the connection in order.
    case close
}

/// The commands for one connection's thread, with a wake-up that many commands share.
///
/// The thread asks for commands until there are none, then sleeps in `poll` on the eventfd beside its socket. Only the
/// first command after that writes to the eventfd; to a thread that is awake commands cost a lock and an append.
final class ConnectionInbox: Sendable {
    private struct State {
        var commands: [Command] = []
        var threadSleeps = false
        var isClosed = false
    }

    /// Becomes readable when the thread is to wake up.
    let wakeDescriptor: Int32
    private let state = Mutex(State())

    init() throws(AMQPError) {
        wakeDescriptor = purser_eventfd()
        guard wakeDescriptor >= 0 else {
            throw AMQPError(.unreachable, "No descriptor was free for the broker's connection.")
        }
    }

    deinit {
        Foundation.close(wakeDescriptor)
    }

    /// - Returns: false when the thread has ended; then nothing happens to the command.
    func add(_ command: Command) -> Bool {
        let (isAdded, wakes) = state.withLock { state in
            if state.isClosed { return (false, false) }
            state.commands.append(command)
            defer { state.threadSleeps = false }
            return (true, state.threadSleeps)
        }
        if wakes { wake() }
        return isAdded
    }

    /// Exchanges the commands for an empty array, whose storage is used again.
    func take(into commands: inout [Command]) {
        commands.removeAll(keepingCapacity: true)
        state.withLock { swap(&$0.commands, &commands) }
    }

    /// Notes that the thread goes to sleep.
    ///
    /// - Returns: false if there are commands; then it must not.
    func sleeps() -> Bool {
        state.withLock { state in
            state.threadSleeps = state.commands.isEmpty
            return state.threadSleeps
        }
    }

    /// Notes that the thread is awake, for whatever reason, and empties the eventfd if that was it.
    func awake(byWake: Bool) {
        state.withLock { $0.threadSleeps = false }
        guard byWake else { return }
        var value: UInt64 = 0
        // Fails only where nobody wrote, which leaves nothing to be done.
        _ = read(wakeDescriptor, &value, MemoryLayout<UInt64>.size)
    }

    /// Takes no more commands.
    ///
    /// - Returns: those that were left.
    func close() -> [Command] {
        state.withLock { state in
            state.isClosed = true
            defer { state.commands = [] }
            return state.commands
        }
    }

    private func wake() {
        var value: UInt64 = 1
        // Fails only when the counter is full: then the thread is to wake up already.
        _ = write(wakeDescriptor, &value, MemoryLayout<UInt64>.size)
    }
}
