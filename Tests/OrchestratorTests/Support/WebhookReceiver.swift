import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on the loopback interface that keeps what it is told and answers as a test wants.
final class WebhookReceiver: Sendable {
    struct Request: Sendable {
        let path: String
        let headers: HTTPHeaders
        let body: String

        func header(_ name: String) -> String { headers.first(name: name) ?? "" }
    }

    /// A status and headers; nil never answers.
    typealias Answer = @Sendable (_ request: Request, _ number: Int) -> (Int, [String: String])?

    let port: Int
    private let channel: any Channel
    private let received: Received

    fileprivate final class Received: Sendable {
        let all = Mutex<[Request]>([])
    }

    var requests: [Request] { received.all.withLock { $0 } }
    var count: Int { requests.count }
    var url: String { "http://127.0.0.1:\(port)/hook?from=purser&x=a%2Fb" }

    /// Serves while the operation runs.
    static func with(
        _ answer: @escaping Answer = { _, _ in (200, [:]) },
        _ operation: (WebhookReceiver) async throws -> Void
    ) async throws {
        let receiver = try await WebhookReceiver(answer)
        do {
            try await operation(receiver)
            try await receiver.channel.close().get()
        } catch {
            try await receiver.channel.close().get()
            throw error
        }
    }

    private init(_ answer: @escaping Answer) async throws {
        let received = Received()
        self.received = received
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(answer, received))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: Answer
        private let received: Received
        private var head: HTTPRequestHead?
        private var body = ""

        init(_ answer: @escaping Answer, _ received: Received) {
            self.answer = answer
            self.received = received
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = ""
            case .body(let buffer): body += String(buffer: buffer)
            case .end:
                guard let head else { return }
                let request = Request(path: head.uri, headers: head.headers, body: body)
                let number = received.all.withLock { all in
                    all.append(request)
                    return all.count
                }
                guard let (status, headers) = answer(request, number) else { return }
                send(status, headers, context)
            }
        }

        private func send(_ status: Int, _ headers: [String: String], _ context: ChannelHandlerContext) {
            var fields = HTTPHeaders([("Content-Length", "0")])
            for (name, value) in headers { fields.add(name: name, value: value) }
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
