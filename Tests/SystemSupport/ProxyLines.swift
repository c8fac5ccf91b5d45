import NIOCore

/// The connections of a proxy; all of it belongs to one event loop.
final class ProxyLines {
    private(set) var mode = FaultyProxy.Mode.open
    private var lines: [ObjectIdentifier: ProxyLine] = [:]

    /// Connects the two ends of a line.
    func join(_ client: any Channel, _ server: any Channel) throws {
        guard mode != .cut else {
            server.close(promise: nil)
            throw ChannelError.ioOnClosedChannel
        }
        let line = ProxyLine(client, server)
        lines[ObjectIdentifier(line)] = line
        try client.pipeline.syncOperations.addHandler(ProxyHandler(self, line, peer: server))
        try server.pipeline.syncOperations.addHandler(ProxyHandler(self, line, peer: client))
    }

    func set(_ mode: FaultyProxy.Mode) {
        self.mode = mode
        switch mode {
        case .cut:
            for line in lines.values { line.cut() }
            lines = [:]
        case .open, .delayed: for line in lines.values { line.release() }
        case .blackHole: break
        }
    }

    func freeze() {
        for line in lines.values { line.isFrozen = true }
    }

    fileprivate func pass(_ item: ProxyLine.Item, to peer: any Channel, on line: ProxyLine) {
        switch mode {
        case .cut: break
        case .blackHole: line.hold(item, for: peer)
        case .open: line.deliver(item, to: peer, after: .zero)
        case .delayed(let delay): line.deliver(item, to: peer, after: delay)
        }
    }
}

/// One connection through a proxy.
final class ProxyLine {
    enum Item {
        case bytes(ByteBuffer)
        case end
    }

    /// Whether nothing passes any more.
    var isFrozen = false

    private let ends: [any Channel]
    private var held: [(item: Item, peer: any Channel)] = []
    /// When the last thing arrives at each end: nothing overtakes it.
    private var arrivals: [ObjectIdentifier: NIODeadline] = [:]

    init(_ client: any Channel, _ server: any Channel) {
        ends = [client, server]
    }

    func hold(_ item: Item, for peer: any Channel) { held.append((item, peer)) }

    func release() {
        let items = held
        held = []
        for (item, peer) in items { deliver(item, to: peer, after: .zero) }
    }

    func deliver(_ item: Item, to peer: any Channel, after delay: Duration) {
        let arrival = max(
            .now() + TimeAmount(delay), arrivals[ObjectIdentifier(peer)] ?? .uptimeNanoseconds(0))
        guard arrival > .now() else { return give(item, to: peer) }
        arrivals[ObjectIdentifier(peer)] = arrival
        peer.eventLoop.assumeIsolated().scheduleTask(deadline: arrival) { self.give(item, to: peer) }
    }

    private func give(_ item: Item, to peer: any Channel) {
        guard !isFrozen else { return }
        switch item {
        case .bytes(let bytes): peer.writeAndFlush(bytes, promise: nil)
        case .end: peer.close(promise: nil)
        }
    }

    func cut() {
        for end in ends { end.close(promise: nil) }
    }
}

/// Hands on what comes from one end of a line.
private final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let lines: ProxyLines
    private let line: ProxyLine
    private let peer: any Channel

    init(_ lines: ProxyLines, _ line: ProxyLine, peer: any Channel) {
        self.lines = lines
        self.line = line
        self.peer = peer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !line.isFrozen else { return }
        lines.pass(.bytes(unwrapInboundIn(data)), to: peer, on: line)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !line.isFrozen { lines.pass(.end, to: peer, on: line) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
