import Foundation
import NIOCore

/// A connection over the network, with four bytes of length before each frame.
final class NIOFrameConnection: FrameConnection {
    let host: String
    private let channel: any Channel
    private let inbox: FrameInbox

    init(host: String, channel: any Channel, inbox: FrameInbox) {
        self.host = host
        self.channel = channel
        self.inbox = inbox
    }

    var isOpen: Bool { inbox.isOpen && channel.isActive }

    func send(_ frame: Data) async throws(FrameFailure) {
        guard isOpen else { throw .closed }
        do {
            try await withTaskCancellationHandler {
                try await channel.writeAndFlush(ByteBuffer(bytes: FrameReader.write(frame)))
            } onCancel: {
                end(.cancelled)
            }
        } catch {
            close()
            throw Task.isCancelled ? .cancelled : .closed
        }
    }

    func receive() async throws(FrameFailure) -> Data {
        let answer = await withTaskCancellationHandler {
            await inbox.next()
        } onCancel: {
            end(.cancelled)
        }
        if case .failure = answer { close() }
        return try answer.get()
    }

    func close() { end(.closed) }

    private func end(_ failure: FrameFailure) {
        inbox.end(failure)
        channel.close(promise: nil)
    }
}

/// Reads frames off the network.
final class FrameHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let inbox: FrameInbox
    private var reader: FrameReader

    init(inbox: FrameInbox, byteLimit: Int) {
        self.inbox = inbox
        reader = FrameReader(limit: byteLimit)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do throws(FrameFailure) {
            for frame in try reader.read(unwrapInboundIn(data).readableBytesView) where !inbox.deliver(frame)
            {
                throw FrameFailure(.lost, "Frames came that nobody had asked for.")
            }
        } catch {
            inbox.end(error)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.end(.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        inbox.end(.closed)
        context.close(promise: nil)
    }
}
