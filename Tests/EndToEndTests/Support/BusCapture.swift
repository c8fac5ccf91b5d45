import AMQP
import Foundation
import TestSupport

/// Everything that goes through a broker as it goes, also what is answered past the exchanges: every test's broker traces
/// all it is given.
struct BusCapture {
    /// The bodies, each with the exchange that it was published to or the queue that it was delivered from.
    let messages: Recorder<(place: String, body: Data)>
    private let connection: AMQPConnection

    /// Begins to capture what goes through the broker's default virtual host.
    static func start(_ broker: TestBroker) async throws -> BusCapture {
        let messages = Recorder<(place: String, body: Data)>()
        let connection = try await AMQPConnection.open(AMQPEndpoint(url: broker.url), name: "capture")
        let channel = try await connection.openChannel()
        let queue = try await connection.declareQueue(
            AMQPQueueDeclaration(name: "", isDurable: false, isExclusive: true), on: channel)
        try await connection.bind(queue, to: "amq.rabbitmq.trace", routingKey: "#", on: channel)
        try await connection.consume(
            AMQPConsumer(
                queue: queue, prefetch: nil,
                onDelivery: { messages.record(("message \($0.routingKey)", $0.message.body)) },
                onEnd: { _ in }),
            on: channel)
        return BusCapture(messages: messages, connection: connection)
    }

    func stop() async { await connection.close() }
}
