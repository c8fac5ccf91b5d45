import NIOCore
import NIOPosix

/// A TCP proxy on the loopback interface that does to connections what networks do to them.
///
/// It ends with the test process, or at `stop`.
package final class FaultyProxy: Sendable {
    /// What happens to what is sent, in both directions.
    package enum Mode: Sendable, Equatable {
        /// It passes.
        case open
        /// There are no connections: those that were are closed, and new ones are closed at once.
        case cut
        /// It arrives so much later.
        case delayed(Duration)
        /// It does not arrive, and nobody is told. When this is over it does, as TCP sends it again.
        case blackHole
    }

    /// Where it listens.
    package let port: Int

    private let target: Int
    private let listener: any Channel
    private let lines: NIOLoopBound<ProxyLines>

    private init(port: Int, target: Int, listener: any Channel, lines: NIOLoopBound<ProxyLines>) {
        self.port = port
        self.target = target
        self.listener = listener
        self.lines = lines
    }

    /// Starts a proxy to a port of this host.
    package static func start(to target: Int) async throws -> FaultyProxy {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let lines = try await loop.submit { NIOLoopBound(ProxyLines(), eventLoop: loop) }.get()
        let listener = try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { client in
                guard lines.value.mode != .cut else {
                    return client.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
                }
                // Nothing is read from the client before the other end is there.
                return ClientBootstrap(group: loop).connect(host: "127.0.0.1", port: target)
                    .flatMapThrowing { try lines.value.join(client, $0) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return FaultyProxy(
            port: listener.localAddress?.port ?? 0, target: target, listener: listener, lines: lines)
    }

    /// The way to an address by this proxy.
    func address(of url: String) -> String { url.replacing(":\(target)", with: ":\(port)") }

    package func set(_ mode: Mode) async throws {
        let lines = lines
        try await listener.eventLoop.submit { lines.value.set(mode) }.get()
    }

    /// Makes half-open connections of those that are there: they stay, and nothing ever passes again, not even their end.
    /// New ones are as good as ever.
    package func freeze() async throws {
        let lines = lines
        try await listener.eventLoop.submit { lines.value.freeze() }.get()
    }

    package func stop() async throws {
        try await set(.cut)
        try await listener.close()
    }
}
