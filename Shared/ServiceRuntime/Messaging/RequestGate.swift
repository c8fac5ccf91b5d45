package import Bus
import Foundation
package import Models

/// Whose requests a service answers, and how old they may be.
///
/// A request is taken once: one that comes again, because someone recorded it and sends it again, or because the broker
/// delivers it again to the same process, is left without an answer. Remembered are those of the time in which they would
/// be taken, so that clocks of two machines must agree within half a minute.
package struct RequestGate: Sendable {
    /// How old a request may be: 60 s. Nobody waits for an answer for longer.
    package static let longestAge: Duration = .seconds(60)
    /// How far ahead of ours the sender's clock may be: 30 s.
    package static let longestLead: Duration = .seconds(30)

    private let check: SignatureCheck
    private let queue: Queue
    private let usual: MessageSender
    private let now: @Sendable () -> Timestamp
    private let seen = SeenRequests(within: RequestGate.longestAge + RequestGate.longestLead)

    /// - Parameters:
    ///   - queue: where the requests come by.
    ///   - usual: who asks, but for types that say otherwise.
    ///   - now: the wall clock.
    package init(
        _ check: SignatureCheck, of queue: Queue, from usual: MessageSender,
        now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        self.check = check
        self.queue = queue
        self.usual = usual
        self.now = now
    }

    /// Who asks.
    ///
    /// - Parameters:
    ///   - time: when the request was made, by its envelope.
    ///   - adaptersAsk: whether adapters ask this, and not the usual one.
    /// - Returns: nil where the request was taken before, and is left alone.
    /// - Throws: `forbidden` with the reason.
    func admit(
        _ message: BusMessage, madeAt time: Timestamp, adaptersAsk: Bool
    ) throws(RequestFailure) -> MessageSender? {
        do throws(SignatureError) {
            let sender = try check.sender(of: message, on: queue.route, at: queue.name) { sender in
                adaptersAsk ? sender.category != nil : sender == usual
            }
            guard let signature = MessageSignature(of: message.body) else { return sender }
            try checkAge(of: message, madeAt: time)
            if seen.isNew(signature) { return sender }
            check.refuse(
                message, at: queue.name, SignatureError(.repeated, "the request was taken before"))
            return nil
        } catch {
            throw RequestFailure(.forbidden, "The request was refused: \(error.message).")
        }
    }

    private func checkAge(of message: BusMessage, madeAt time: Timestamp) throws(SignatureError) {
        let now = now()
        guard time.advanced(by: Self.longestAge) < now || now.advanced(by: Self.longestLead) < time else {
            return
        }
        let error = SignatureError(
            .stale, "the request is from \(time), and it is \(now) here; set the clocks of both machines")
        check.refuse(message, at: queue.name, error)
        throw error
    }
}
