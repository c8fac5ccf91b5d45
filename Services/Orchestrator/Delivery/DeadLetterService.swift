import Bus
import Foundation
import Logging
package import Models
import ServiceLifecycle
import ServiceRuntime

/// Keeps what no one could process, shows it, and sends it again when a person says so.
package struct DeadLetterService: Service {
    /// How many dead letters are shown.
    package static let listLimit = 200
    /// How many are stored beside each other.
    private static let prefetch = 16
    /// How long to wait before a dead letter that could not be stored is delivered again.
    private static let storeRetryDelay: Duration = .seconds(1)

    let store: Store
    let bus: any MessageBus
    let outboxWritten: Nudge
    let topology: Topology
    let check: SignatureCheck
    let secrets: SecretKeeper
    let now: @Sendable () -> Timestamp
    let logger: Logger

    package func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await bus.consume(.dead, prefetch: Self.prefetch) { await keep($0.message) }
        }
    }

    private func keep(_ message: BusMessage) async -> Settlement {
        do {
            let now = now()
            try await store.write { try $0.insertDeadLetter(message, at: now) }
            logger.error(
                "Stored a dead letter",
                metadata: [
                    LogKey.messageID: "\(message.id)", LogKey.messageType: "\(message.type)",
                    LogKey.queue: "\(message.headers["x-purser-queue"] ?? "")",
                    LogKey.reason: "\(message.headers["x-purser-reason"] ?? "")",
                ])
            return .done
        } catch {
            logger.error("Could not store a dead letter", metadata: [LogKey.error: "\(error)"])
            return .retry(after: Self.storeRetryDelay)
        }
    }

    package func list() async throws -> DeadLetterList {
        DeadLetterList(items: try await store.read { try $0.deadLetters(limit: Self.listLimit) })
    }

    package func requeue(_ request: RequeueDeadLetter) async throws -> DeadLetter {
        let now = now()
        let letter = try await store.write { transaction in
            guard let found = try transaction.deadLetter(request.id) else {
                throw RequestFailure(.notFound, "There is no such dead letter.")
            }
            var letter = found.letter
            guard letter.requeuedAt == nil else {
                throw RequestFailure(.conflict, "The dead letter was sent again already.")
            }
            let route = try route(of: letter)
            let message = BusMessage(id: letter.messageID, type: letter.messageType, body: found.body)
            try checkSender(of: message, on: route)
            try transaction.enqueue(message, to: route)
            try transaction.noteRequeue(of: request.id, at: now)
            letter.requeuedAt = now
            return letter
        }
        outboxWritten()
        logger.notice("Requeued a dead letter", metadata: [LogKey.messageID: "\(letter.messageID)"])
        return letter
    }

    /// Where a dead letter came from, and can be sent to again: to work queues and to the log. What else it claims to
    /// have come from, it would speak in our name there.
    private func route(of letter: DeadLetter) throws(RequestFailure) -> Route {
        let exchange = topology.exchanges.first { $0.name == letter.exchange }
        guard let exchange, [.actions, .outcomes, .logs].contains(exchange) else {
            throw RequestFailure(
                .conflict, "The dead letter cannot be sent again: it has no place to go to.")
        }
        return Route(exchange: exchange, routingKey: letter.routingKey)
    }

    /// A message that nobody signed who may send it is not sent again: it would be signed, or taken for old, this time.
    private func checkSender(of message: BusMessage, on route: Route) throws(RequestFailure) {
        guard String(data: message.body, encoding: .utf8) != nil else {
            throw RequestFailure(.conflict, "The dead letter cannot be sent again: it is no text.")
        }
        // From before signatures, in the upgrade.
        if check.acceptsUnsigned, MessageSignature(of: message.body) == nil { return }
        do throws(SignatureError) {
            switch route.exchange {
            case .actions: try secrets.category(route.routingKey).verify(message, for: route)
            case .outcomes: _ = try check.sender(of: message, on: route, at: Queue.dead.name)
            default: break
            }
        } catch {
            throw RequestFailure(
                .conflict, "The dead letter cannot be sent again: \(error.message).")
        }
    }
}
