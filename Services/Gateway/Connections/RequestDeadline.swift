import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request does not come to its end.
///
/// The server itself only minds how long nothing comes at all, so a byte a minute would keep a connection, of which there
/// are `Limits.connections`, for ever. It also reads on behind a refusal, to find the next request: that has an end here
/// too. How long a head may take it minds well.
final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private var timer: Scheduled<Void>?
    private var bodyBytes = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            bodyBytes = 0
            let channel = context.channel
            timer = context.eventLoop.scheduleTask(in: .seconds(Limits.requestSeconds)) {
                channel.close(mode: .all, promise: nil)
            }
        case .body(let part):
            bodyBytes += part.readableBytes
            guard bodyBytes <= Limits.discardedBodyBytes else { return context.close(promise: nil) }
        case .end: timer?.cancel()
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }
}
