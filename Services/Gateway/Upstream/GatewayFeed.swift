import Bus
import Foundation
import Logging
import Models
import ServiceLifecycle
import ServiceRuntime

/// The process's one subscription to events: ends waits, wakes streams, and drops what is no longer true.
struct GatewayFeed: Service {
    static let topics = [
        ActionChanged.topic, ProductChanged.topic, AdapterChanged.topic, TokenRevoked.topic,
        AccessChanged.topic, LogCommitted.topic,
    ]

    /// Subscribed when the gateway is put together, so that nothing is missed that a first request sets off.
    let deliveries: AsyncStream<EventDelivery>
    let parts: GatewayParts
    let recent: RecentEvents
    let logger: Logger

    func run() async throws {
        for await delivery in deliveries.cancelOnGracefulShutdown() {
            switch delivery {
            case .interrupted: interrupt()
            case .event(let topic, let message): take(message, topic: topic)
            }
        }
    }

    private func interrupt() {
        parts.principals.dropAll()
        parts.providers.drop()
        recent.interrupt()
        parts.waiters.interrupt()
        wakeStreams()
    }

    private func wakeStreams() {
        parts.slots.wake(.events)
        parts.slots.wake(.logs)
    }

    private func take(_ message: BusMessage, topic: String) {
        guard let data = RawJSON(message.body)["data"] else {
            return logger.warning(
                "Ignored an event that was no envelope", metadata: [LogKey.messageType: "\(topic)"])
        }
        switch topic {
        case LogCommitted.topic: parts.slots.wake(.logs)
        case TokenRevoked.topic:
            data["token_hash"]?.string.map { parts.principals.drop(hash: $0) }
            wakeStreams()
        case AccessChanged.topic:
            if let hash = data["session_hash"]?.string {
                parts.principals.drop(hash: hash)
            } else {
                parts.principals.dropAll()
            }
            wakeStreams()
        case ActionChanged.topic:
            let members = data.members(["action", "sequence"])
            if let action = members[0].flatMap({ RawAction($0) }), action.hasEnded {
                parts.waiters.end(action)
            }
            show(data, members[1], topic, owner: { members[0]?["client_id"] })
        case ProductChanged.topic: show(data, data["sequence"], topic, owner: { data["client_id"] })
        case AdapterChanged.topic:
            parts.providers.drop()
            show(data, data["sequence"], topic, owner: { nil })
        default: return
        }
    }

    /// Keeps the event for the streams, where there are any.
    private func show(_ data: RawJSON, _ sequence: RawJSON?, _ type: String, owner: () -> RawJSON?) {
        guard parts.slots.areUsed, let sequence = sequence?.integer, sequence > 0 else { return }
        do {
            recent.add(
                StreamEvent(
                    sequence: sequence, type: type,
                    clientID: owner()?.string.map { ClientID(rawValue: $0) }, data: try data.maskingSealed()))
            parts.slots.wake(.events)
        } catch {
            logger.warning("Ignored an event that was no JSON", metadata: [LogKey.messageType: "\(type)"])
        }
    }
}

extension ActionChanged { static let topic = "action.changed" }
extension ProductChanged { static let topic = "product.changed" }
extension AdapterChanged { static let topic = "adapter.changed" }
extension TokenRevoked { static let topic = "token.revoked" }
extension AccessChanged { static let topic = "access.changed" }
extension LogCommitted { static let topic = "log.committed" }
