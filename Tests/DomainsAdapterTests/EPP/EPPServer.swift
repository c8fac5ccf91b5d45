import AdapterKit
import AdapterTestSupport
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport

/// A registry on the loopback interface, with TLS, under the name `localhost`.
final class EPPServer: Sendable {
    enum Answer: Sendable {
        /// A frame.
        case frame(Data)
        /// Bytes as they are, with no length before them.
        case bytes([UInt8])
        /// Never answers.
        case silence
        /// Closes the connection without a word.
        case close
    }

    /// - Parameters:
    ///   - connection: counted from 1.
    ///   - name: the verb, as in `login`; `hello`; `greeting` when the connection is made.
    typealias Answering = @Sendable (_ connection: Int, _ name: String, _ transactionID: String) -> Answer

    let port: Int
    /// What came, as `connection verb`.
    let received: Recorder<String>
    private let channel: any Channel

    var connections: Int { Set(received.elements.compactMap { $0.split(separator: " ").first }).count }

    /// What a registry does that behaves well.
    static func usual(_ name: String, _ transactionID: String) -> Answer {
        switch name {
        case "greeting", "hello": .frame(Data(StubRegistry.greeting().utf8))
        case "logout": .frame(StubRegistry.response(1_500, id: transactionID))
        case "info":
            .frame(
                StubRegistry.response(
                    1_000,
                    "<domain:infData><domain:name>example.ng</domain:name><domain:clID>acme</domain:clID></domain:infData>",
                    id: transactionID))
        default: .frame(StubRegistry.response(1_000, id: transactionID))
        }
    }

    /// Serves while the operation runs.
    ///
    /// - Parameter operation: gets the server and a way there that trusts it.
    static func with(
        clientAuthority: URL? = nil, answer: @escaping Answering,
        _ operation: (EPPServer, NIOFrameTransport) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let url = URL(filePath: folder.path)
        let authority = try TestAuthority(in: url)
        let (certificate, key) = try authority.certificate(for: "localhost", in: url)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.path).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key.path, format: .pem)))
        if let clientAuthority {
            tls.trustRoots = .file(clientAuthority.path)
            tls.certificateVerification = .noHostnameVerification
        }
        let server = try await EPPServer(try NIOSSLContext(configuration: tls), answer)
        var client = TLSConfiguration.makeClientConfiguration()
        client.trustRoots = .file(authority.certificateFile.path)
        do {
            try await operation(server, NIOFrameTransport(.loopback, tls: client))
            try await server.channel.close().get()
        } catch {
            try await server.channel.close().get()
            throw error
        }
    }

    private init(_ tls: NIOSSLContext, _ answer: @escaping Answering) async throws {
        let received = Recorder<String>()
        self.received = received
        let count = Counter()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLServerHandler(context: tls),
                        Responder(number: count.next(), answer: answer, received: received),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    private final class Counter: Sendable {
        private let last = Mutex(0)

        func next() -> Int {
            last.withLock { last in
                last += 1
                return last
            }
        }
    }

    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let number: Int
        private let answer: Answering
        private let received: Recorder<String>
        private var reader = FrameReader(limit: 1 << 20)
        private var hasGreeted = false

        init(number: Int, answer: @escaping Answering, received: Recorder<String>) {
            self.number = number
            self.answer = answer
            self.received = received
        }

        func channelActive(context: ChannelHandlerContext) {
            context.fireChannelActive()
            give(answer(number, "greeting", ""), context)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard let frames = try? reader.read(unwrapInboundIn(data).readableBytesView) else { return }
            for frame in frames {
                guard let value = try? XMLValue(document: frame) else { continue }
                let name = value["command"]?.children.first?.name ?? value.children.first?.name ?? ""
                received.record("\(number) \(name)")
                give(answer(number, name, value["command"]?["clTRID"]?.content ?? ""), context)
            }
        }

        private func give(_ answer: Answer, _ context: ChannelHandlerContext) {
            switch answer {
            case .silence: break
            case .close: context.close(promise: nil)
            case .frame(let frame): write(FrameReader.write(frame), context)
            case .bytes(let bytes): write(Data(bytes), context)
            }
        }

        private func write(_ data: Data, _ context: ChannelHandlerContext) {
            context.writeAndFlush(
                wrapOutboundOut(context.channel.allocator.buffer(bytes: data)), promise: nil)
        }
    }
}
