import AMQP
import Bus
import Foundation
import Logging
import TestSupport
import Testing

/// The forms of the bus that must keep the same promises.
enum BusForm: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case embedded
    case broker

    var testDescription: String { rawValue }
}

/// A topology whose names no other test has.
struct TestNames: Sendable {
    let requests: Queue
    let work: Queue
    let otherWork: Queue
    let stream: Queue
    let dead: Queue
    let events: Exchange
    let topology: Topology

    init() {
        let unique = "test.\(UUID().uuidString.lowercased())"
        let direct = Exchange(name: "\(unique).direct", kind: .direct)
        let logs = Exchange(name: "\(unique).logs", kind: .fanout)
        let dead = Exchange(name: "\(unique).dead", kind: .fanout)
        events = Exchange(name: "\(unique).events", kind: .topic)
        requests = Queue(
            name: "\(unique).requests", kind: .requests, exchange: direct, routingKey: "requests")
        work = Queue(name: "\(unique).work", kind: .work, exchange: direct, routingKey: "work")
        otherWork = Queue(name: "\(unique).other", kind: .work, exchange: direct, routingKey: "other")
        stream = Queue(name: "\(unique).stream", kind: .stream, exchange: logs, routingKey: "")
        self.dead = Queue(name: "\(unique).dead", kind: .dead, exchange: dead, routingKey: "")
        topology = Topology(
            exchanges: [direct, logs, dead, events], queues: [requests, work, otherWork, stream, self.dead])
    }

    func event(_ topic: String) -> Route {
        Route(exchange: events, routingKey: topic)
    }
}

/// Runs a test with a bus that is up, shuts the bus down, and removes what it left at the broker.
func withBus(
    _ form: BusForm, _ body: @escaping @Sendable (any MessageBus, TestNames) async throws -> Void
) async throws {
    switch form {
    case .embedded:
        let names = TestNames()
        let bus = EmbeddedBus(topology: names.topology)
        try await running(bus) { try await body(bus, names) }
    case .broker:
        let broker = try await TestBroker.shared()
        try await withAMQPBus(url: broker.url) { bus, names in try await body(bus, names) }
    }
}

func withAMQPBus(
    url: String, _ body: @escaping @Sendable (AMQPBus, TestNames) async throws -> Void
) async throws {
    let names = TestNames()
    let endpoint = try AMQPEndpoint(url: url)
    let bus = AMQPBus(
        endpoint: endpoint, topology: names.topology, connectionName: "test", logger: .silent)
    try await running(bus) {
        try await eventually(within: .seconds(60), "the bus's connection") { bus.status == .connected }
        try await body(bus, names)
    }
    let connection = try await AMQPConnection.open(endpoint, name: "clean-up")
    let channel = try await connection.openChannel()
    for queue in names.topology.queues { try await connection.deleteQueue(queue.name, on: channel) }
    for exchange in names.topology.exchanges {
        try await connection.deleteExchange(exchange.name, on: channel)
    }
    await connection.close()
}

/// Runs the bus beside `body`, for as long as that takes.
func running(_ bus: any MessageBus, _ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await bus.run() }
        defer { group.cancelAll() }
        try await within(.seconds(180), "the test's end", operation: body)
    }
}

/// Runs something long-lived beside `body`, then cancels it and waits for its end.
func beside(
    _ service: @escaping @Sendable () async throws -> Void,
    _ body: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await service() }
        do {
            try await body()
        } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
        try await group.waitForAll()
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }
}

extension BusMessage {
    static func test(_ id: String, bytes: Int = 16, headers: [String: String] = [:]) -> BusMessage {
        BusMessage(
            id: id, type: "test.happened.v1", body: Data(repeating: UInt8(ascii: "x"), count: bytes),
            headers: headers)
    }
}

/// The kind of error that the operation throws; nil if it throws none.
func kind(of operation: () async throws(BusError) -> Void) async -> BusError.Kind? {
    do throws(BusError) {
        try await operation()
        return nil
    } catch {
        return error.kind
    }
}
