import AdapterKit
import Foundation
import Logging
import Metrics
import Models
import ServiceLifecycle
import ServiceRuntime
import Synchronization

/// Sends what was written for webhooks, signed as Standard Webhooks has it.
///
/// One at a time to each webhook, in order, and a few in all. Redirects are not followed. A delivery that failed is tried
/// again by `WebhookSchedule`; a crash between a try and its being noted sends it twice, under the same id.
///
/// - SeeAlso: https://www.standardwebhooks.com
package final class WebhookSender: Service {
    /// How many deliveries are on their way at once.
    package static let concurrency = 8
    /// How long an endpoint may take: 15 s.
    package static let timeLimit: Duration = .seconds(15)
    /// The longest answer that is read; what it says is not kept. 64 KiB.
    package static let answerByteLimit = 64 << 10
    /// The longest time between two looks.
    private static let longestSleep: Duration = .seconds(1)

    private let store: Store
    private let secrets: SecretKeeper
    private let address: WebhookAddress
    private let schedule: WebhookSchedule
    private let transport: HTTPClientTransport
    private let written: Nudge
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let underWay = Mutex<Set<WebhookID>>([])

    /// - Parameter written: nudged after every commit that wrote a delivery.
    init(
        store: Store, secrets: SecretKeeper, address: WebhookAddress, schedule: WebhookSchedule,
        written: Nudge, now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.store = store
        self.secrets = secrets
        self.address = address
        transport = HTTPClientTransport(
            OutboundGuard(address.outbound), redirectLimit: 0, bodyByteLimit: Self.answerByteLimit)
        self.schedule = schedule
        self.written = written
        self.now = now
        self.logger = logger
    }

    /// Sends until it is shut down; what is on its way then is waited for.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                for (webhook, delivery) in await due() {
                    group.addTask { [self] in
                        await send(delivery, to: webhook)
                        underWay.withLock { _ = $0.remove(webhook.id) }
                        written()
                    }
                }
                await written.wait(atMost: Self.longestSleep)
            }
        }
        do {
            try await transport.shutdown()
        } catch {
            logger.warning("Could not close connections", metadata: [LogKey.error: "\(error)"])
        }
    }

    /// Takes the next delivery of every webhook that has one and is told nothing now, as many as there is room for.
    private func due() async -> [(WebhookRecord, DeliveryRecord)] {
        let busy = underWay.withLock { $0 }
        let now = now()
        do {
            let found = try await store.read { transaction in
                try transaction.webhooks().filter { $0.isEnabled && !busy.contains($0.id) }
                    .compactMap { webhook in
                        try transaction.nextDelivery(to: webhook.id, by: now).map { (webhook, $0) }
                    }
            }
            // The one that has waited longest goes first.
            let chosen = found.sorted { $0.1.nextAt ?? now < $1.1.nextAt ?? now }
                .prefix(max(0, Self.concurrency - busy.count))
            underWay.withLock { $0.formUnion(chosen.map(\.0.id)) }
            return Array(chosen)
        } catch {
            logger.error(
                "Could not look for what webhooks are to be told", metadata: [LogKey.error: "\(error)"])
            return []
        }
    }

    // MARK: One delivery

    private func send(_ delivery: DeliveryRecord, to webhook: WebhookRecord) async {
        let result = await result(of: delivery, to: webhook)
        // Cut short, it is as if it had not been tried.
        if Task.isCancelled { return }
        let ended = now()
        do {
            let noted: DeliveryRecord? = try await store.write { [schedule] transaction in
                // Deleted meanwhile, or begun anew by a person.
                guard var current = try transaction.delivery(delivery.id), current.state == .pending,
                    current.attempts == delivery.attempts
                else { return nil }
                let isUnwanted = schedule.note(result, of: &current, now: ended)
                try transaction.update(current)
                if isUnwanted, var webhook = try transaction.webhook(webhook.id) {
                    webhook.isEnabled = false
                    webhook.disabledBecause =
                        "It answered 410, which says that it wants to be told nothing more."
                    webhook.updatedAt = ended
                    try transaction.update(webhook)
                }
                return current
            }
            if let noted { tell(noted) }
        } catch {
            logger.error(
                "Could not store what became of a delivery",
                metadata: [LogKey.deliveryID: "\(delivery.id)", LogKey.error: "\(error)"])
            // So that it is not sent over and over while the store does not take it.
            _ = await Pause.wait(Self.longestSleep)
        }
    }

    private func result(
        of delivery: DeliveryRecord, to webhook: WebhookRecord
    ) async -> WebhookSchedule.Result {
        if let problem = address.problem(webhook.url) { return .failed("The address \(problem).") }
        guard let request = request(delivery, to: webhook) else {
            return .failed("The delivery could not be signed.")
        }
        let transport = transport
        let answer = await limited {
            () -> Result<HTTPResponse, ProviderError> in
            do throws(ProviderError) {
                return .success(try await transport.send(request))
            } catch {
                return .failure(error)
            }
        }
        switch answer {
        case nil: return .failed("It did not answer within \(Self.timeLimit.components.seconds) s.")
        case .success(let response)?:
            return .answered(
                status: response.status,
                retryAfter: WebhookSchedule.retryAfter(response.header("retry-after"), now: now()))
        case .failure(let error)?: return .failed(error.details["problem"]?.stringValue ?? error.message)
        }
    }

    private func request(_ delivery: DeliveryRecord, to webhook: WebhookRecord) -> HTTPRequest? {
        let now = now()
        let seconds = now.milliseconds / 1000
        let signatures = webhook.secrets.filter { $0.isGood(at: now) }.compactMap { secret -> String? in
            do {
                let opened = try secrets.storage.open(secret.sealed, context: "\(webhook.id)/secret")
                return opened.stringValue.flatMap {
                    WebhookSecret.signature(
                        $0, id: delivery.id.rawValue, seconds: seconds, body: delivery.body)
                }
            } catch {
                logger.error(
                    "Could not open a webhook's secret",
                    metadata: [LogKey.webhookID: "\(webhook.id)", LogKey.error: "\(error)"])
                return nil
            }
        }
        guard !signatures.isEmpty else { return nil }
        return HTTPRequest(
            .post, address: webhook.url,
            headers: [
                .init("webhook-id", delivery.id.rawValue), .init("webhook-timestamp", String(seconds)),
                .init("webhook-signature", signatures.joined(separator: " ")), .init("user-agent", "Purser"),
            ], body: .text(delivery.body, contentType: "application/json"))
    }

    /// Runs the operation for at most the time limit; nil where that is over first.
    private func limited<Value: Sendable>(
        _ operation: @escaping @Sendable () async -> Value
    ) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await operation() }
            group.addTask {
                // Cut short only by the operation's end.
                try? await Task.sleep(for: Self.timeLimit)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    private func tell(_ delivery: DeliveryRecord) {
        let result: String
        let level: Logger.Level
        switch delivery.state {
        case .succeeded: (result, level) = ("succeeded", .debug)
        case .pending: (result, level) = ("retried", .info)
        case .failed: (result, level) = ("failed", .warning)
        }
        Counter(.webhookDeliveries, [("result", result)]).increment()
        var metadata: Logger.Metadata = [
            LogKey.webhookID: "\(delivery.webhookID)", LogKey.deliveryID: "\(delivery.id)",
            LogKey.outcome: "\(result)", LogKey.attempt: "\(delivery.attempts)",
        ]
        if let action = delivery.actionID { metadata[LogKey.actionID] = "\(action)" }
        if let status = delivery.lastStatus { metadata[LogKey.httpStatus] = "\(status)" }
        if let error = delivery.lastError { metadata[LogKey.error] = "\(error)" }
        logger.log(level: level, "Told a webhook", metadata: metadata)
    }
}
