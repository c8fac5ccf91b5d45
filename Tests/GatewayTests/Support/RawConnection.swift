import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A connection on which a test says exactly what it wants to, as no client would.
final class RawConnection: Sendable {
    private let channel: any Channel
    private let received: Received

    /// What came back so far.
    var text: String { received.state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    /// Whether the server has closed its side.
    var isEnded: Bool { received.state.withLock(\.isEnded) }

    /// The statuses of the answers so far, in order.
    var statuses: [Int] {
        text.components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }

    /// Runs the operation with a connection to a port of this machine.
    static func with<Value>(
        port: Int, _ operation: (RawConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await RawConnection(port: port)
        do {
            let value = try await operation(connection)
            connection.channel.close(promise: nil)
            return value
        } catch {
            connection.channel.close(promise: nil)
            throw error
        }
    }

    private init(port: Int) async throws {
        let received = Received()
        self.received = received
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Reader(received))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Waits until the server has closed its side.
    func end() async throws {
        try await eventually(within: .seconds(60), "the end after \(text)") { self.isEnded }
    }

    /// Waits for something in what comes back.
    func wait(for expected: String) async throws {
        try await eventually(within: .seconds(60), "\(expected) in \(text)") { self.text.contains(expected) }
    }

    private final class Received: Sendable {
        let state = Mutex<(bytes: [UInt8], isEnded: Bool)>(([], false))
    }

    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let received: Received

        init(_ received: Received) { self.received = received }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data).readableBytesView
            received.state.withLock { $0.bytes += bytes }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event { end() }
            context.fireUserInboundEventTriggered(event)
        }

        func channelInactive(context: ChannelHandlerContext) { end() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            end()
            context.close(promise: nil)
        }

        private func end() { received.state.withLock { $0.isEnded = true } }
    }
}
