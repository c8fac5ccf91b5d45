import CRabbitMQ
import Synchronization
import Foundation

/// What a connection's thread owns: librabbitmq's connection and everything that may be touched by that thread only.
///
/// Not Sendable, and made on its thread, so the compiler keeps it there.
final class ConnectionSession {
    /// Heartbeats are wanted this often; twice that without a sign of life ends the connection. Less ends connections that
    /// are only slow.
    ///
    /// - SeeAlso: "Heartbeat Timeout Value" in RabbitMQ's guide to heartbeats: 5 to 20 s suit most.
    static let heartbeatSeconds: Int32 = 5
    /// How many commands are done before the socket is read again.
    private static let commandsPerTurn = 256
    /// How often the deadlines of publications are looked at.
    private static let sweepInterval: Duration = .milliseconds(50)

    let library: amqp_connection_state_t
    let endpoint: AMQPEndpoint
    let shared: AMQPConnection.Shared
    let memory = CMemory()
    var encoder: FrameEncoder

    /// By channel number; 0 is the connection's own and stays empty.
    var channels: [ChannelState?] = [nil]
    var lastEpoch: UInt64 = 0
    /// For messages that the broker confirms.
    var publishChannel: ChannelState?
    /// For messages that it does not: each confirm costs the broker as much as a delivery.
    var unconfirmedChannel: ChannelState?
    var window = ConfirmWindow()
    /// Publications that wait for the window, or for the broker to take messages again.
    var held: [Publishing] = []
    var isBlocked = false
    /// Whether frames may be there that `poll` does not tell of, as after a call that waited for an answer.
    var mayHaveFrames = true
    /// Why the connection has ended.
    var failure: AMQPError?

    private var descriptors: (socket: pollfd, wake: pollfd)
    private var nextSweep = ContinuousClock.now

    init(_ library: amqp_connection_state_t, _ endpoint: AMQPEndpoint, _ shared: AMQPConnection.Shared) {
        self.library = library
        self.endpoint = endpoint
        self.shared = shared
        encoder = FrameEncoder(frameLimit: Int(amqp_get_frame_max(library)))
        descriptors = (
            pollfd(fd: amqp_get_sockfd(library), events: Int16(POLLIN), revents: 0),
            pollfd(fd: shared.inbox.wakeDescriptor, events: Int16(POLLIN), revents: 0)
        )
    }

    deinit {
        // The status tells whether the socket closed cleanly, which is of no use any more.
        _ = amqp_destroy_connection(library)
    }

    /// The body of a connection's thread.
    ///
    /// - Parameter opened: called once, with what went wrong or nil.
    static func run(
        _ endpoint: AMQPEndpoint, name: String, _ shared: AMQPConnection.Shared,
        opened: (AMQPError?) -> Void
    ) {
        let session: ConnectionSession
        do throws(AMQPError) {
            session = try open(endpoint, name: name, shared)
        } catch {
            _ = shared.inbox.close()
            opened(error)
            return
        }
        opened(nil)
        session.loop()
        session.end()
    }

    private func loop() {
        var commands: [Command] = []
        while failure == nil {
            shared.inbox.take(into: &commands)
            for (index, command) in commands.enumerated() {
                if failure != nil {
                    refuse(command)
                    continue
                }
                execute(command)
                if index % Self.commandsPerTurn == Self.commandsPerTurn - 1 {
                    flush()
                    drain()
                }
            }
            if failure != nil { break }
            sendHeld()
            flushAcknowledgements()
            flush()
            if mayHaveFrames || amqp_frames_enqueued(library) != 0 { drain() }
            sweep()
            if failure == nil, !mayHaveFrames { sleep() }
        }
    }

    /// Sleeps until the socket or the inbox has something, or it is time to look after heartbeats or deadlines.
    private func sleep() {
        guard shared.inbox.sleeps() else { return }
        let hasDeadlines = !window.isEmpty || !held.isEmpty
        let timeout = hasDeadlines ? 50 : Self.heartbeatSeconds * 1_000 / 4
        let ready = withUnsafeMutablePointer(to: &descriptors) { descriptors in
            descriptors.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, timeout) }
        }
        let error = errno
        shared.inbox.awake(byWake: ready > 0 && descriptors.wake.revents != 0)
        if ready < 0, error != EINTR {
            failure = AMQPError(.connectionLost, "The broker's socket could not be watched.")
        }
        // With nothing ready, librabbitmq is asked all the same: it looks after the heartbeats then.
        mayHaveFrames = ready <= 0 || descriptors.socket.revents != 0
    }

    private func sweep() {
        guard !window.isEmpty || !held.isEmpty else { return }
        let now = ContinuousClock.now
        guard now >= nextSweep else { return }
        nextSweep = now + Self.sweepInterval
        for publishing in window.expire(at: now) {
            publishing.completion?(
                AMQPError(.timedOut, "The broker did not confirm a message within its limit."))
        }
        guard held.contains(where: { $0.deadline <= now }) else { return }
        for publishing in held where publishing.deadline <= now {
            publishing.completion?(AMQPError(.blocked, "The broker took no messages within the limit."))
        }
        held.removeAll { $0.deadline <= now }
    }

    // MARK: Commands

    private func execute(_ command: Command) {
        switch command {
        case .publish(let publishing): publish(publishing)
        case .acknowledge(let channel, let tag): open(channel)?.acks.acknowledge(tag)
        case .giveBack(let channel, let tag): giveBack(tag, on: channel)
        case .perform(let operation, let answered):
            let answer: Result<OperationAnswer, AMQPError>
            do throws(AMQPError) {
                // Otherwise the broker would get what was gathered after what is called now.
                flushAcknowledgements()
                flush()
                if let failure { throw failure }
                answer = .success(try perform(operation))
            } catch {
                answer = .failure(error)
            }
            mayHaveFrames = true
            answered.resume(returning: answer)
        case .close:
            flushAcknowledgements()
            flush()
            close()
        }
    }

    private func refuse(_ command: Command) {
        let error = failure ?? AMQPError(.connectionLost, "The broker's connection has ended.")
        switch command {
        case .publish(let publishing): publishing.completion?(error)
        case .perform(_, let answered): answered.resume(returning: .failure(error))
        case .acknowledge, .giveBack, .close: break
        }
    }

    /// Tells everyone who waits that the connection has ended.
    private func end() {
        let error = failure ?? AMQPError(.connectionLost, "The broker's connection has ended.")
        shared.status.state.withLock { $0 = (end: error, blockedReason: nil) }
        for command in shared.inbox.close() { refuse(command) }
        for publishing in window.removeAll() { publishing.completion?(error) }
        for publishing in held { publishing.completion?(error) }
        for channel in channels { channel?.consumer?.onEnd(error) }
        channels = []
        shared.ending.set()
    }

    /// The channel's state, unless it has been closed meanwhile.
    func open(_ channel: AMQPChannel) -> ChannelState? {
        let number = Int(channel.number)
        guard number < channels.count, let state = channels[number], state.channel == channel else {
            return nil
        }
        return state
    }
}

/// What a session knows of one open channel.
final class ChannelState {
    let channel: AMQPChannel
    var assembly = DeliveryAssembly()
    var acks = AckWindow()
    var consumer: AMQPConsumer?
    /// What the broker calls the consumer.
    var consumerTag = ""

    init(_ channel: AMQPChannel) {
        self.channel = channel
    }

    var number: UInt16 { channel.number }
}
