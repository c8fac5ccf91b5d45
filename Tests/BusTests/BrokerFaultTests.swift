import AMQP
import Bus
import Foundation
import TestSupport
import Testing

/// What only a broker can do to us. One broker of their own for all of these tests, one after the other.
@Suite("Faults of the broker", .serialized)
struct BrokerFaultTests {
    /// Well under 5 s after the broker is back everything works again; the rest is for a busy machine.
    private static let recoveryLimit: Duration = .seconds(8)

    @Test("After a restart of the broker consumers, servers, readers, subscribers and publishers go on")
    func restart() async throws {
        let broker = try await FaultBroker.shared()
        try await withAMQPBus(url: broker.url) { bus, names in
            let everyone = Everyone(bus: bus, names: names)
            try await beside {
                try await everyone.run()
            } _: {
                try await everyone.works("before")
                let interruptions = everyone.interruptions.count
                try await broker.stop()
                try await eventually("the loss of the connection") { bus.status != .connected }
                // Sent while nobody is there.
                async let sent: Void = Self.publish("meanwhile", on: bus, to: names.work)
                try await broker.start()
                let back = ContinuousClock.now
                try await everyone.works("after", within: Self.recoveryLimit)
                #expect(ContinuousClock.now - back < Self.recoveryLimit)
                try await sent
                try await eventually("the message sent meanwhile") {
                    everyone.work.elements.contains("meanwhile")
                }
                #expect(everyone.interruptions.count > interruptions)
            }
        }
    }

    @Test("Publications under way when the broker is killed are sent again or fail; none is lost")
    func killedWhilePublishing() async throws {
        let broker = try await FaultBroker.shared()
        try await withAMQPBus(url: broker.url) { bus, names in
            let confirmed = Recorder<String>()
            let received = Recorder<String>()
            try await beside {
                try await bus.consume(names.work, prefetch: 50) { delivery in
                    received.record(delivery.message.id)
                    return .done
                }
            } _: {
                try await bus.publish(.test("before"), to: names.work.route)
                try await broker.settle()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for publisher in 0..<20 {
                        group.addTask {
                            for number in 0..<200 {
                                let id = "\(publisher).\(number)"
                                do throws(BusError) {
                                    try await bus.publish(.test(id, bytes: 1_000), to: names.work.route)
                                    confirmed.record(id)
                                } catch {
                                    #expect(error.isRetriable)
                                }
                            }
                        }
                    }
                    try await received.wait(for: 500)
                    let outage = try await ContinuousClock().measure {
                        try await broker.kill()
                        try await broker.start()
                    }
                    try await group.waitForAll()
                    // Back within the limit, so that each was sent again. On a busy machine it may take longer.
                    if outage < AMQPBus.publishLimit - .seconds(2) { #expect(confirmed.count == 4_000) }
                }
                try await eventually(within: .seconds(20), "every confirmed message") {
                    Set(received.elements).isSuperset(of: confirmed.elements)
                }
                #expect(confirmed.count > 500)
            }
        }
    }

    @Test("A broker that hangs is noticed by its heartbeats, and all works when it goes on")
    func halfOpen() async throws {
        let broker = try await FaultBroker.shared()
        try await withAMQPBus(url: broker.url) { bus, names in
            let everyone = Everyone(bus: bus, names: names)
            try await beside {
                try await everyone.run()
            } _: {
                try await everyone.works("before")
                try broker.pause()
                let error = await kind { () async throws(BusError) in
                    try await bus.publish(.test("unconfirmed"), to: names.work.route)
                }
                #expect(error == .timedOut)
                try await eventually(within: .seconds(25), "the hanging connection's end") {
                    bus.status != .connected
                }
                try broker.resume()
                try await everyone.works("after", within: Self.recoveryLimit)
            }
        }
    }

    /// Publishes, again if the broker's absence outlasts the limit.
    private static func publish(_ id: String, on bus: any MessageBus, to queue: Queue) async throws {
        try await eventually(within: .seconds(90), "the publication") {
            await kind { () async throws(BusError) in try await bus.publish(.test(id), to: queue.route) }
                == nil
        }
    }

    @Test("A bus waits for a broker that comes later")
    func lateBroker() async throws {
        let broker = try await FaultBroker.shared()
        try await broker.stop()
        let names = TestNames()
        let bus = AMQPBus(
            endpoint: try AMQPEndpoint(url: broker.url), topology: names.topology, connectionName: "early",
            logger: .silent)
        try await running(bus) {
            let error = await kind { () async throws(BusError) in
                _ = try await bus.request(
                    .test("early"), to: names.requests.route, timeout: .milliseconds(300))
            }
            #expect(error == .notConnected)
            async let published: Void = Self.publish("waiting", on: bus, to: names.work)
            try await broker.start()
            try await published
            try await eventually("both connections") { bus.status == .connected }
        }
    }

    @Test("Settlements of an earlier connection's deliveries do nothing to later ones")
    func staleSettlements() async throws {
        let broker = try await FaultBroker.shared()
        try await withAMQPBus(url: broker.url) { bus, names in
            let seen = Recorder<(id: String, isRedelivered: Bool)>()
            let oldOnes = Gate()
            let newOnes = Gate()
            for number in 0..<3 { try await bus.publish(.test("\(number)"), to: names.work.route) }
            try await beside {
                // More handlers than messages, so that the second deliveries are handled beside the first.
                try await bus.consume(names.work, prefetch: 10) { delivery in
                    seen.record((delivery.message.id, delivery.isRedelivered))
                    await (delivery.isRedelivered ? newOnes : oldOnes).wait()
                    return .done
                }
            } _: {
                defer { [oldOnes, newOnes].forEach { $0.open() } }
                try await seen.wait(for: 3)
                try await broker.control("close_all_connections", "test")
                try await eventually("the second deliveries") {
                    seen.elements.filter(\.isRedelivered).count == 3
                }
                oldOnes.open()
                // A channel closes when it is sent a tag that it does not know; its messages would come a third time.
                try await bus.publish(.test("witness"), to: names.work.route)
                newOnes.open()
                try await eventually("the witness") { seen.elements.contains { $0.id == "witness" } }
                try await eventually("an empty queue") {
                    try await broker.control("list_queues", "name", "messages").contains(
                        "\(names.work.name)\t0")
                }
                #expect(seen.count == 7)
            }
        }
    }

    @Test("While the broker has an alarm publishers wait, then are told so; consumers go on")
    func blocked() async throws {
        let broker = try await FaultBroker.shared()
        try await withAMQPBus(url: broker.url) { bus, names in
            let gate = Gate()
            let done = Recorder<String>()
            try await bus.publish(.test("before"), to: names.work.route)
            try await beside {
                try await bus.consume(names.work, prefetch: 10) { delivery in
                    await gate.wait()
                    done.record(delivery.message.id)
                    return .done
                }
            } _: {
                defer { gate.open() }
                try await broker.control("set_vm_memory_high_watermark", "absolute", "1MB")
                // The broker tells a connection when that publishes.
                async let held: BusError.Kind? = kind { () async throws(BusError) in
                    try await bus.publish(.test("held"), to: names.work.route)
                }
                try await eventually("the word that publishing is blocked") {
                    if case .blocked = bus.status { true } else { false }
                }
                let request = await kind { () async throws(BusError) in
                    _ = try await bus.request(
                        .test("r"), to: names.requests.route, timeout: .milliseconds(300))
                }
                #expect(request == .blocked || request == .timedOut)
                // Far more than a socket's buffer takes: the connection's thread must not hang in a write.
                let flood = await withTaskGroup(of: BusError.Kind?.self) { group in
                    for number in 0..<40 {
                        group.addTask {
                            await kind { () async throws(BusError) in
                                try await bus.publish(
                                    .test("flood \(number)", bytes: 1 << 20), to: names.work.route)
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(flood.allSatisfy { $0 == .blocked || $0 == .timedOut })
                gate.open()
                try await eventually("the settling of what was consumed") { done.elements.contains("before") }
                try await broker.control("set_vm_memory_high_watermark", "0.4")
                try await eventually("the word that publishing goes on") { bus.status == .connected }
                try await bus.publish(.test("after"), to: names.work.route)
                let first = await held
                #expect(first == nil || first == .timedOut)
                try await eventually("the message sent afterwards") { done.elements.contains("after") }
            }
        }
    }

    @Test("A consumer whose queue is deleted makes it again")
    func deletedQueue() async throws {
        let broker = try await FaultBroker.shared()
        try await withAMQPBus(url: broker.url) { bus, names in
            let everyone = Everyone(bus: bus, names: names)
            try await beside {
                try await everyone.run()
            } _: {
                try await everyone.works("before")
                try await broker.control("delete_queue", names.work.name)
                // Until it is there again its messages are unroutable.
                try await eventually(within: Self.recoveryLimit, "the queue") {
                    await kind { () async throws(BusError) in
                        try await bus.publish(.test("early"), to: names.work.route)
                    } == nil
                }
                try await everyone.works("after", within: Self.recoveryLimit)
            }
        }
    }

    @Test("An exchange that is deleted at the broker is made again, and its messages arrive")
    func deletedExchange() async throws {
        let broker = try await FaultBroker.shared()
        try await withAMQPBus(url: broker.url) { bus, names in
            let connection = try await AMQPConnection.open(AMQPEndpoint(url: broker.url), name: "saboteur")
            let channel = try await connection.openChannel()
            try await connection.deleteExchange(names.work.exchange.name, on: channel)
            await connection.close()
            try await bus.publish(.test("healed"), to: names.work.route)
        }
    }

    @Test("The broker makes a dead letter of what kills its consumers, with the same headers")
    func brokerMadeDeadLetter() async throws {
        let broker = try await FaultBroker.shared()
        try await withAMQPBus(url: broker.url) { bus, names in
            try await bus.publish(.test("killer", headers: ["x-fact": "kept"]), to: names.work.route)
            // Consumers that end without settling.
            let endpoint = try AMQPEndpoint(url: broker.url)
            let connection = try await AMQPConnection.open(endpoint, name: "victim")
            for _ in 0...Queue.deliveryLimit {
                let delivered = Recorder<UInt64>()
                let channel = try await connection.openChannel()
                let consumer = AMQPConsumer(queue: names.work.name, prefetch: 1) {
                    delivered.record($0.tag)
                } onEnd: { _ in
                }
                try await connection.consume(consumer, on: channel)
                try await delivered.wait(for: 1)
                try await connection.close(channel)
            }
            await connection.close()
            let letters = Recorder<BusMessage>()
            try await beside {
                try await bus.consume(names.dead, prefetch: 1) { letter in
                    letters.record(letter.message)
                    return .done
                }
            } _: {
                let letter = try await letters.wait(for: 1)[0]
                #expect(
                    letter.headers == [
                        "x-fact": "kept",
                        "x-purser-reason": "delivered 20 times without success",
                        "x-purser-queue": names.work.name,
                        "x-purser-exchange": names.work.exchange.name,
                        "x-purser-routing-key": names.work.routingKey,
                    ])
            }
        }
    }
}

/// The broker that the fault tests share; they run one after the other, and leave it running and unblocked.
enum FaultBroker {
    private static let broker = Task { try await TestBroker.launch() }

    static func shared() async throws -> TestBroker {
        try await broker.value
    }
}

/// One of each kind of user of a bus.
private struct Everyone: Sendable {
    let bus: any MessageBus
    let names: TestNames
    let work = Recorder<String>()
    let entries = Recorder<StreamEntry>()
    let events = Recorder<String>()
    let interruptions = Recorder<Bool>()

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await bus.consume(names.work, prefetch: 10) { delivery in
                    work.record(delivery.message.id)
                    return .done
                }
            }
            group.addTask { try await bus.serve(names.requests, concurrency: 4) { $0 } }
            group.addTask {
                try await bus.read(names.stream, from: .first, batchLimit: 10) {
                    $0.forEach { entries.record($0) }
                }
            }
            group.addTask {
                for await delivery in bus.events(matching: ["#"]) {
                    if case .event(_, let message) = delivery {
                        events.record(message.id)
                    } else {
                        interruptions.record(true)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Sends something to each until it has got it.
    func works(_ id: String, within limit: Duration = .seconds(30)) async throws {
        try await TestSupport.within(limit, "everyone's work") {
            try await bus.publish(.test(id), to: names.work.route)
            try await bus.publish(.test(id), to: names.stream.route)
            try await eventually("an answer") {
                let answer = await kind { () async throws(BusError) in
                    _ = try await bus.request(.test(id), to: names.requests.route, timeout: .seconds(1))
                }
                return answer == nil
            }
            try await eventually("an event") {
                try await bus.publish(.test(id), to: names.event("a.b"))
                return events.elements.contains(id)
            }
            try await eventually("a message") { work.elements.contains(id) }
            try await eventually("an entry") { entries.elements.contains { $0.message.id == id } }
        }
        let offsets = entries.elements.map(\.offset)
        #expect(zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 })
    }
}
