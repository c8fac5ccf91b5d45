import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// A server on the loopback interface that answers whatever bytes a test wants, or nothing.
package final class LoopbackServer: Sendable {
    package enum Answer: Sendable {
        /// Sends these bytes and closes the connection.
        case bytes([UInt8])
        /// Sends a status line, headers and so many zero bytes.
        case large(Int)
        /// Never answers.
        case silence
        /// Closes the connection without a word.
        case close

        package static func text(_ text: String) -> Answer { .bytes(Array(text.utf8)) }

        /// A whole answer with its length.
        package static func http(_ status: String, _ headers: [String] = [], _ body: String) -> Answer {
            let head =
                ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers
            return .text(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
        }
    }

    package let port: Int
    private let channel: any Channel
    private let heads: Received

    /// The heads of the requests that came in.
    package var requests: [String] { heads.all.withLock { $0 } }

    /// How many connections came in, and how many bytes over all of them, without TLS.
    package var connectionCount: Int { heads.counts.withLock { $0.connections } }
    package var byteCount: Int { heads.counts.withLock { $0.bytes } }

    /// Serves while the operation runs.
    package static func with<Value>(
        tls: NIOSSLContext? = nil, answer: @escaping @Sendable (_ head: String) -> Answer,
        _ operation: (LoopbackServer) async throws -> Value
    ) async throws -> Value {
        let server = try await LoopbackServer(tls: tls, answer: answer)
        do {
            let value = try await operation(server)
            try await server.channel.close().get()
            return value
        } catch {
            try await server.channel.close().get()
            throw error
        }
    }

    private init(tls: NIOSSLContext?, answer: @escaping @Sendable (String) -> Answer) async throws {
        let heads = Received()
        self.heads = heads
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(Responder(answer: answer, heads: heads))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    final class Received: Sendable {
        let all = Mutex<[String]>([])
        let counts = Mutex((connections: 0, bytes: 0))
    }

    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: @Sendable (String) -> Answer
        private let heads: Received
        private var received = ""

        init(answer: @escaping @Sendable (String) -> Answer, heads: Received) {
            self.answer = answer
            self.heads = heads
        }

        func channelActive(context: ChannelHandlerContext) {
            heads.counts.withLock { $0.connections += 1 }
            context.fireChannelActive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            heads.counts.withLock { $0.bytes += buffer.readableBytes }
            received += String(buffer: buffer)
            guard let end = received.firstRange(of: "\r\n\r\n") else { return }
            let head = String(received[..<end.lowerBound])
            received = ""
            heads.all.withLock { $0.append(head) }
            switch answer(head) {
            case .silence: break
            case .close: context.close(promise: nil)
            case .bytes(let bytes): send(context.channel.allocator.buffer(bytes: bytes), context)
            case .large(let count):
                var buffer = context.channel.allocator.buffer(
                    string: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n")
                buffer.writeRepeatingByte(UInt8(ascii: "0"), count: count)
                send(buffer, context)
            }
        }

        private func send(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
            let channel = context.channel
            context.writeAndFlush(wrapOutboundOut(buffer)).whenComplete { _ in channel.close(promise: nil) }
        }
    }
}
