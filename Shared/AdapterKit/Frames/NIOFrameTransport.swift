import Foundation
import Models
package import NIOCore
import NIOPosix
package import NIOSSL
import NIOTLS
import Synchronization

/// Opens connections over the network, always with TLS 1.2 or newer.
package struct NIOFrameTransport: FrameTransport {
    /// How long a connection may take to come about, with TLS: 10 s.
    package static let connectTimeout = TimeAmount.seconds(10)

    private let outbound: OutboundGuard
    private let tls: TLSConfiguration

    /// - Parameters:
    ///   - outbound: says which addresses may be connected to.
    ///   - tls: how servers are verified; tests bring their own roots.
    package init(_ outbound: OutboundGuard, tls: TLSConfiguration = .makeClientConfiguration()) {
        self.outbound = outbound
        self.tls = tls
    }

    package func connect(to endpoint: FrameEndpoint) async throws(ProviderError) -> any FrameConnection {
        let tls = try configuration(for: endpoint)
        do {
            let context = try NIOSSLContext(configuration: tls)
            try await outbound.check(host: endpoint.host)
            return try await open(endpoint, context)
        } catch {
            throw ProviderError(connecting: endpoint.host, error)
        }
    }

    private func open(
        _ endpoint: FrameEndpoint, _ context: NIOSSLContext
    ) async throws -> NIOFrameConnection {
        let inbox = FrameInbox()
        let opening = FrameOpening()
        let name = endpoint.host.isAddress || !endpoint.verifiesName ? nil : endpoint.host
        return try await opening.wait {
            ClientBootstrap(group: NIOSingletons.posixEventLoopGroup)
                .connectTimeout(Self.connectTimeout)
                .channelInitializer { [outbound] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers([
                            AddressCheck(outbound, opening: opening),
                            NIOSSLClientHandler(context: context, serverHostname: name),
                            TLSWaiter(opening: opening, limit: Self.connectTimeout) {
                                NIOFrameConnection(host: endpoint.host, channel: channel, inbox: inbox)
                            }, FrameHandler(inbox: inbox, byteLimit: endpoint.frameByteLimit),
                        ])
                    }
                }
                .connect(host: endpoint.host, port: endpoint.port)
                .whenFailure { opening.fail($0) }
        }
    }

    private func configuration(for endpoint: FrameEndpoint) throws(ProviderError) -> TLSConfiguration {
        var tls = tls
        tls.minimumTLSVersion = .tlsv12
        if !endpoint.verifiesName { tls.certificateVerification = .noHostnameVerification }
        if !endpoint.verifiesCertificate { tls.certificateVerification = .none }
        guard let pem = endpoint.clientCertificate else { return tls }
        do {
            let bytes = Array(pem.utf8)
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(bytes).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: bytes, format: .pem))
        } catch {
            throw ProviderError(
                .internal, details: ["problem": "The client certificate or its private key cannot be read."])
        }
        return tls
    }
}

extension String {
    /// Whether it is an IP address, which TLS names no server by.
    fileprivate var isAddress: Bool { (try? SocketAddress(ipAddress: self, port: 0)) != nil }
}

/// The wait for a connection: ended by TLS, by a failure, or by cancellation, whichever is first.
final class FrameOpening: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<NIOFrameConnection, any Error>)
        case over
    }

    private let state = Mutex(State.idle)

    func wait(_ begin: () -> Void) async throws -> NIOFrameConnection {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = state.withLock { state in
                    if case .over = state { return true }
                    state = .waiting(continuation)
                    return false
                }
                if isOver { continuation.resume(throwing: CancellationError()) } else { begin() }
            }
        } onCancel: {
            fail(CancellationError())
        }
    }

    /// - Returns: false where nobody waits any more.
    func succeed(_ connection: NIOFrameConnection) -> Bool {
        guard let continuation = take() else { return false }
        continuation.resume(returning: connection)
        return true
    }

    func fail(_ error: any Error) { take()?.resume(throwing: error) }

    private func take() -> CheckedContinuation<NIOFrameConnection, any Error>? {
        state.withLock { state in
            defer { state = .over }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
    }
}

/// Looks at the address that was connected to, before those behind it learn of the connection and write.
private final class AddressCheck: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let outbound: OutboundGuard
    private let opening: FrameOpening

    init(_ outbound: OutboundGuard, opening: FrameOpening) {
        self.outbound = outbound
        self.opening = opening
    }

    func channelActive(context: ChannelHandlerContext) {
        do {
            try outbound.check(context.remoteAddress)
            context.fireChannelActive()
        } catch {
            opening.fail(error)
            context.close(promise: nil)
        }
    }
}

/// Tells when TLS is agreed on, or that it is not.
private final class TLSWaiter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let opening: FrameOpening
    private let limit: TimeAmount
    private let connection: () -> NIOFrameConnection
    private var alarm: Scheduled<Void>?

    init(opening: FrameOpening, limit: TimeAmount, connection: @escaping () -> NIOFrameConnection) {
        self.opening = opening
        self.limit = limit
        self.connection = connection
    }

    func channelActive(context: ChannelHandlerContext) {
        let (opening, channel) = (opening, context.channel)
        alarm = context.eventLoop.scheduleTask(in: limit) {
            opening.fail(ChannelError.connectTimeout(.seconds(0)))
            channel.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            alarm?.cancel()
            // Nobody waits any more: whoever wanted the connection was cancelled.
            if !opening.succeed(connection()) { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        alarm?.cancel()
        opening.fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        opening.fail(error)
        context.fireErrorCaught(error)
    }
}
