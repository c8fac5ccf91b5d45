import AMQP
import Bus
import Foundation
import TestSupport
import Testing

@Suite("The bus on RabbitMQ")
struct BrokerTests {
    @Test("Ten thousand publications at once are all confirmed")
    func pipelined() async throws {
        try await withAMQPBus(url: TestBroker.shared().url) { bus, names in
            let count = 10_000
            let seen = Recorder<String>()
            try await beside {
                try await bus.consume(names.work, prefetch: 500) { delivery in
                    seen.record(delivery.message.id)
                    return .done
                }
            } _: {
                // On a connection of its own, whose limit can be longer than the bus's.
                let endpoint = try AMQPEndpoint(url: await TestBroker.shared().url)
                let connection = try await AMQPConnection.open(endpoint, name: "pipelined")
                _ = try await connection.openPublishChannel()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<count {
                        group.addTask {
                            var message = AMQPMessage()
                            message.id = "\(number)"
                            message.body = Data(count: 1_024)
                            let publication = AMQPPublication(
                                exchange: names.work.exchange.name, routingKey: names.work.routingKey,
                                isMandatory: true, message: message)
                            try await connection.publish(publication, by: .now + .seconds(60))
                        }
                    }
                    try await group.waitForAll()
                }
                await connection.close()
                let arrived = try await seen.wait(for: count, within: .seconds(60))
                #expect(Set(arrived).count == count)
            }
        }
    }

    @Test("Of messages sent at once only the unroutable ones fail")
    func mixedRoutes() async throws {
        try await withAMQPBus(url: TestBroker.shared().url) { bus, names in
            let nowhere = Route(exchange: names.work.exchange, routingKey: "nowhere")
            let kinds = await withTaskGroup(of: (Int, BusError.Kind?).self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let route = number.isMultiple(of: 3) ? nowhere : names.work.route
                        // All with one id: it is the route that tells them apart.
                        return (
                            number,
                            await kind { () async throws(BusError) in
                                try await bus.publish(.test("same"), to: route)
                            }
                        )
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for number in 0..<500 {
                #expect(kinds[number] == (number.isMultiple(of: 3) ? .unroutable : nil))
            }
        }
    }

    @Test("A wrong password keeps the bus from connecting, and no credential is told", arguments: [0, 1])
    func wrongCredentials(field: Int) async throws {
        let port = try await TestBroker.shared().port
        let url = ["amqp://somebody:s3cr%2Ft@127.0.0.1:\(port)", "amqp://guest:s3cr%2Ft@127.0.0.1:\(port)"][
            field]
        let endpoint = try AMQPEndpoint(url: url)
        let error = await #expect(throws: AMQPError.self) {
            try await AMQPConnection.open(endpoint, name: "test")
        }
        #expect(error?.kind == .loginRefused)
        let bus = try BusFactory.make(
            url: url, topology: TestNames().topology, connectionName: "test", logger: .silent)
        try await running(bus) {
            try await eventually("the word that the login was refused") {
                if case .disconnected(let reason) = bus.status {
                    reason.contains("loginRefused")
                } else {
                    false
                }
            }
        }
        let texts = ["\(String(describing: error))", "\(bus.status)", "\(endpoint)"]
        for text in texts {
            #expect(!text.contains("s3cr"))
            #expect(!text.contains("somebody"))
        }
    }

    @Test("A virtual host that is not there is a refused login")
    func missingVirtualHost() async throws {
        let endpoint = try AMQPEndpoint(url: await TestBroker.shared().url + "/missing")
        let error = await #expect(throws: AMQPError.self) {
            try await AMQPConnection.open(endpoint, name: "test")
        }
        #expect(error?.kind == .loginRefused)
        #expect(error?.message.contains("guest") == false)
    }

    @Test("A user without permission is refused, not kept waiting")
    func noPermission() async throws {
        let broker = try await TestBroker.shared()
        let names = TestNames()
        try await withAMQPBus(url: broker.url) { _, _ in }
        let owner = try BusFactory.make(
            url: broker.url, topology: names.topology, connectionName: "owner", logger: .silent)
        let user = "u\(UUID().uuidString)"
        try await broker.control("add_user", user, "password")
        try await broker.control("set_permissions", user, ".*", "^amq", ".*")
        let guest = AMQPBus(
            endpoint: try AMQPEndpoint(url: "amqp://\(user):password@127.0.0.1:\(broker.port)"),
            topology: Topology(exchanges: [names.work.exchange], queues: []), connectionName: "guest",
            logger: .silent)
        try await running(owner) {
            try await eventually("the owner's connection") { owner.status == .connected }
            try await running(guest) {
                try await eventually("the guest's connection") { guest.status == .connected }
                let kind = await kind { () async throws(BusError) in
                    try await guest.publish(.test("forbidden"), to: names.work.route)
                }
                #expect(kind == .refused)
            }
        }
    }

    @Test("Ending an iteration of events removes the queue at the broker")
    func subscriptionEnds() async throws {
        let broker = try await TestBroker.launch()
        try await withAMQPBus(url: broker.url) { bus, _ in
            let queues = { @Sendable in
                try await broker.control("list_queues", "name").split(separator: "\n").filter {
                    $0.hasPrefix("amq.gen")
                }
                .count
            }
            for await _ in bus.events(matching: ["#"]) { break }
            // The one that is left is where answers come to.
            try await eventually(within: .seconds(30), "the queue's end") { try await queues() <= 1 }
            let before = try await queues()
            let events = bus.events(matching: ["#"])
            var iterator = events.makeAsyncIterator()
            _ = await iterator.next()
            #expect(try await queues() == before + 1)
        }
        try await broker.remove()
    }

    @Test("TLS works with the broker's authority, and with no other, and with no other name")
    func tls() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "purser-tls-\(UUID().uuidString)")
        let other = folder.appending(path: "other")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        let authority = try TestAuthority(in: folder)
        let stranger = try TestAuthority(in: other)
        let broker = try await TestBroker.launch(authority: authority)
        let url = { (host: String, authority: TestAuthority) in
            "amqps://guest:guest@\(host):\(broker.tlsPort)?cacertfile=\(authority.certificateFile.path)"
        }
        try await withAMQPBus(url: url("localhost", authority)) { bus, names in
            let received = Recorder<Int>()
            try await beside {
                try await bus.consume(names.work, prefetch: 10) { delivery in
                    received.record(delivery.message.body.count)
                    return .done
                }
            } _: {
                for bytes in [0, 10, 131_064, 1 << 20] {
                    try await bus.publish(
                        .test("tls", bytes: bytes, headers: ["a": "b"]), to: names.work.route)
                }
                let sizes = try await received.wait(for: 4)
                #expect(Set(sizes) == [0, 10, 131_064, 1 << 20])
            }
        }
        for wrong in [
            url("localhost", stranger), url("127.0.0.1", authority), "amqps://localhost:\(broker.tlsPort)",
        ] {
            let error = await #expect(throws: AMQPError.self) {
                try await AMQPConnection.open(AMQPEndpoint(url: wrong), name: "test")
            }
            #expect(error?.kind == .tls)
        }
        try await broker.remove()
        try FileManager.default.removeItem(at: folder)
    }

    @Test("A request that was there before its server is answered, though that one cannot publish yet")
    func waitingRequest() async throws {
        let url = try await TestBroker.shared().url
        try await withAMQPBus(url: url) { bus, names in
            // So much to declare that the server consumes long before it can publish.
            let topology = Topology(
                exchanges: names.topology.exchanges,
                queues: Array(repeating: names.topology.queues, count: 100).flatMap(\.self))
            let server = AMQPBus(
                endpoint: try AMQPEndpoint(url: url), topology: topology, connectionName: "server",
                logger: .silent)
            let request = Task {
                try await bus.request(.test("early"), to: names.requests.route, timeout: .seconds(30))
            }
            try await running(server) {
                try await beside {
                    try await server.serve(names.requests, concurrency: 1) { $0 }
                } _: {
                    let answer = try await request.value
                    #expect(answer.id == "early")
                }
            }
        }
    }

    @Test("Nobody listening is said so")
    func nobodyListens() async throws {
        let endpoint = try AMQPEndpoint(url: "amqp://guest:guest@127.0.0.1:1")
        let error = await #expect(throws: AMQPError.self) {
            try await AMQPConnection.open(endpoint, name: "test")
        }
        #expect(error?.kind == .unreachable)
    }

    @Test("Publishing to a missing exchange ends the channel, with the broker's reason for all who waited")
    func missingExchange() async throws {
        let connection = try await AMQPConnection.open(
            AMQPEndpoint(url: await TestBroker.shared().url), name: "test")
        _ = try await connection.openPublishChannel()
        let publication = AMQPPublication(
            exchange: "test.missing", routingKey: "", isMandatory: true, message: AMQPMessage())
        let error = await #expect(throws: AMQPError.self) {
            try await connection.publish(publication, by: .now + .seconds(10))
        }
        #expect(error?.kind == .notFound)
        #expect(connection.end?.kind == .notFound)
        await connection.close()
    }

    @Test("A declaration that differs from the broker's is refused, and other channels go on")
    func preconditionFailed() async throws {
        let connection = try await AMQPConnection.open(
            AMQPEndpoint(url: await TestBroker.shared().url), name: "test")
        let name = "test.\(UUID().uuidString)"
        let first = try await connection.openChannel()
        let second = try await connection.openChannel()
        _ = try await connection.declareQueue(AMQPQueueDeclaration(name: name), on: first)
        let other = AMQPQueueDeclaration(name: name, arguments: ["x-max-length": .integer(1)])
        let error = await #expect(throws: AMQPError.self) {
            try await connection.declareQueue(other, on: second)
        }
        #expect(error?.kind == .preconditionFailed)
        try await connection.deleteQueue(name, on: first)
        // The second channel's number is free again, for a channel that the old handle does not reach.
        let third = try await connection.openChannel()
        let stale = await #expect(throws: AMQPError.self) {
            try await connection.declareQueue(other, on: second)
        }
        #expect(stale?.kind == .channelClosed)
        try await connection.close(third)
        await connection.close()
    }
}
