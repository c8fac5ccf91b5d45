import NIOCore
package import NIOHTTP1
import NIOPosix
import Synchronization
import TestSupport

/// An HTTP server on the loopback interface that keeps what it is told and answers as a test wants.
package final class HTTPReceiver: Sendable {
    package struct Request: Sendable {
        package let path: String
        package let headers: HTTPHeaders
        package let body: String

        package func header(_ name: String) -> String { headers.first(name: name) ?? "" }
    }

    /// A status and headers; nil never answers.
    package typealias Answer = @Sendable (_ request: Request, _ number: Int) -> (Int, [String: String])?

    package let port: Int
    private let channel: any Channel
    private let received: Received

    fileprivate final class Received: Sendable {
        let all = Mutex<[Request]>([])
    }

    package var requests: [Request] { received.all.withLock { $0 } }
    package var count: Int { requests.count }

    /// Waits for at least that many requests.
    package func wait(for count: Int, within limit: Duration = .seconds(30)) async throws {
        try await eventually(
            within: limit, every: .milliseconds(50), "\(count) requests; there are \(self.count)"
        ) { self.count >= count }
    }
    package var url: String { "http://127.0.0.1:\(port)/hook?from=purser&x=a%2Fb" }

    /// Serves while the operation runs. Answers have no body.
    package static func with(
        _ answer: @escaping Answer = { _, _ in (200, [:]) },
        _ operation: (HTTPReceiver) async throws -> Void
    ) async throws {
        try await HTTPReceiver(answer, body: { _ in "" }).serve(during: operation)
    }

    /// Answers everything with JSON while the operation runs.
    package static func serving(
        _ json: @escaping @Sendable (Request) -> String, _ operation: (HTTPReceiver) async throws -> Void
    ) async throws {
        let receiver = try await HTTPReceiver(
            { _, _ in (200, ["Content-Type": "application/json"]) }, body: json)
        try await receiver.serve(during: operation)
    }

    private func serve(during operation: (HTTPReceiver) async throws -> Void) async throws {
        do {
            try await operation(self)
            try await channel.close().get()
        } catch {
            try await channel.close().get()
            throw error
        }
    }

    private init(_ answer: @escaping Answer, body: @escaping @Sendable (Request) -> String) async throws {
        let received = Received()
        self.received = received
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(answer, body, received))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: Answer
        private let answerBody: @Sendable (Request) -> String
        private let received: Received
        private var head: HTTPRequestHead?
        private var body = ""

        init(
            _ answer: @escaping Answer, _ body: @escaping @Sendable (Request) -> String, _ received: Received
        ) {
            self.answer = answer
            answerBody = body
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
                send(status, headers, answerBody(request), context)
            }
        }

        private func send(
            _ status: Int, _ headers: [String: String], _ body: String, _ context: ChannelHandlerContext
        ) {
            var fields = HTTPHeaders([("Content-Length", "\(body.utf8.count)")])
            for (name, value) in headers { fields.add(name: name, value: value) }
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if !body.isEmpty {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
            }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
