import Bus
import Foundation
import TestSupport
import Testing

@Suite("Work queues, in both forms")
struct WorkConformanceTests {
    @Test("A message arrives as it was published", arguments: BusForm.allCases)
    func arrivesAsPublished(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let message = BusMessage(
                id: "a", type: "action.execute.v1", body: Data("{\"ä\":1}".utf8), headers: ["x-fact": "value"]
            )
            let seen = Recorder<Delivery>()
            try await bus.publish(message, to: names.work.route)
            try await beside {
                try await bus.consume(names.work, prefetch: 1) { delivery in
                    seen.record(delivery)
                    return .done
                }
            } _: {
                let deliveries = try await seen.wait(for: 1)
                #expect(deliveries[0].message == message)
                #expect(!deliveries[0].isRedelivered)
            }
        }
    }

    @Test(
        "Bodies of no byte and of exactly the limit arrive whole", arguments: BusForm.allCases,
        [0, 131_064, 1 << 20])
    func sizes(form: BusForm, bytes: Int) async throws {
        try await withBus(form) { bus, names in
            var message = BusMessage.test("sized", bytes: bytes)
            if bytes > 2 {
                message.body[message.body.startIndex] = 1
                message.body[message.body.endIndex - 1] = 2
            }
            let expected = message
            let seen = Recorder<BusMessage>()
            try await beside {
                try await bus.consume(names.work, prefetch: 1) { delivery in
                    seen.record(delivery.message)
                    return .done
                }
            } _: {
                try await bus.publish(expected, to: names.work.route)
                let arrived = try await seen.wait(for: 1)
                #expect(arrived == [expected])
            }
        }
    }

    @Test("A body over the limit is refused before it is sent", arguments: BusForm.allCases)
    func tooLarge(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let message = BusMessage.test("long", bytes: BusMessage.bodyByteLimit + 1)
            let kind = await kind { () async throws(BusError) in
                try await bus.publish(message, to: names.work.route)
            }
            #expect(kind == .tooLarge)
        }
    }

    @Test("A route that no queue takes is refused, and others go on", arguments: BusForm.allCases)
    func unroutable(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let nowhere = Route(exchange: names.work.exchange, routingKey: "nowhere")
            let missing = Route(exchange: Exchange(name: "test.missing", kind: .direct), routingKey: "work")
            for route in [nowhere, missing] {
                let kind = await kind { () async throws(BusError) in
                    try await bus.publish(.test("lost"), to: route)
                }
                #expect(kind == .unroutable)
            }
            try await bus.publish(.test("found"), to: names.work.route)
        }
    }

    @Test("A message that is done with does not come again", arguments: BusForm.allCases)
    func doneOnce(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let seen = Recorder<String>()
            for id in ["first", "second"] {
                try await beside {
                    try await bus.consume(names.work, prefetch: 1) { delivery in
                        seen.record(delivery.message.id)
                        return .done
                    }
                } _: {
                    try await bus.publish(.test(id), to: names.work.route)
                    try await eventually("the message \(id)") { seen.elements.last == id }
                }
            }
            #expect(seen.elements == ["first", "second"])
        }
    }

    @Test("A retried message comes again, marked, and not before its delay", arguments: BusForm.allCases)
    func retried(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let delay = Duration.milliseconds(300)
            let seen = Recorder<(isRedelivered: Bool, at: ContinuousClock.Instant)>()
            try await bus.publish(.test("again"), to: names.work.route)
            try await beside {
                try await bus.consume(names.work, prefetch: 5) { delivery in
                    let count = seen.record((delivery.isRedelivered, .now))
                    return count == 1 ? .retry(after: delay) : .done
                }
            } _: {
                let deliveries = try await seen.wait(for: 2)
                #expect(deliveries.map(\.isRedelivered) == [false, true])
                #expect(deliveries[1].at - deliveries[0].at >= delay)
            }
        }
    }

    @Test("After 20 deliveries without success a message is a dead letter", arguments: BusForm.allCases)
    func deliveryLimit(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let seen = Recorder<Bool>()
            let letters = Recorder<BusMessage>()
            let message = BusMessage.test("poison", headers: ["x-fact": "kept"])
            try await bus.publish(message, to: names.work.route)
            try await beside {
                try await bus.consume(names.dead, prefetch: 1) { letter in
                    letters.record(letter.message)
                    return .done
                }
            } _: {
                try await beside {
                    try await bus.consume(names.work, prefetch: 2) { delivery in
                        seen.record(delivery.isRedelivered)
                        return .retry(after: .zero)
                    }
                } _: {
                    let letter = try await letters.wait(for: 1)[0]
                    #expect(seen.elements == [false] + Array(repeating: true, count: Queue.deliveryLimit - 1))
                    Self.expect(
                        letter, of: message, from: names.work, reason: "delivered 20 times without success")
                }
            }
        }
    }

    @Test("A rejected message is a dead letter with its reason", arguments: BusForm.allCases)
    func rejected(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let letters = Recorder<BusMessage>()
            let message = BusMessage.test("odd", headers: ["x-fact": "kept"])
            try await bus.publish(message, to: names.work.route)
            try await beside {
                try await bus.consume(names.work, prefetch: 1) { _ in .reject("unknown type: \"ö\"") }
            } _: {
                try await beside {
                    try await bus.consume(names.dead, prefetch: 1) { letter in
                        letters.record(letter.message)
                        return .done
                    }
                } _: {
                    let letter = try await letters.wait(for: 1)[0]
                    Self.expect(letter, of: message, from: names.work, reason: "unknown type: \"ö\"")
                }
            }
        }
    }

    @Test("Dead letters have no delivery limit", arguments: BusForm.allCases)
    func deadWithoutLimit(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let seen = Recorder<String>()
            try await bus.publish(.test("dead"), to: names.dead.route)
            try await beside {
                try await bus.consume(names.dead, prefetch: 1) { letter in
                    seen.record(letter.message.id) <= Queue.deliveryLimit + 5 ? .retry(after: .zero) : .done
                }
            } _: {
                try await seen.wait(for: Queue.deliveryLimit + 6)
            }
        }
    }

    @Test("As many handlers run as the prefetch allows, and no more", arguments: BusForm.allCases)
    func prefetch(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let begun = Recorder<String>()
            let gate = Gate()
            for number in 0..<10 { try await bus.publish(.test("\(number)"), to: names.work.route) }
            try await beside {
                try await bus.consume(names.work, prefetch: 3) { delivery in
                    begun.record(delivery.message.id)
                    await gate.wait()
                    return .done
                }
            } _: {
                defer { gate.open() }
                try await begun.wait(for: 3)
                // Another queue's message made the same way through the bus: the fourth had the time to come.
                try await Self.roundTrip(bus, names.otherWork)
                #expect(begun.count == 3)
                gate.open()
                let arrived = try await begun.wait(for: 10)
                #expect(Set(arrived).count == 10)
            }
        }
    }

    @Test(
        "With one handler the messages of a queue come in order, a retried one first",
        arguments: BusForm.allCases)
    func order(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let seen = Recorder<String>()
            let count = 200
            for number in 0..<count { try await bus.publish(.test("\(number)"), to: names.work.route) }
            try await beside {
                try await bus.consume(names.work, prefetch: 1) { delivery in
                    seen.record(delivery.message.id)
                    return delivery.message.id == "7" && !delivery.isRedelivered
                        ? .retry(after: .zero) : .done
                }
            } _: {
                let expected = ((0...7).map { $0 } + (7..<count).map { $0 }).map { "\($0)" }
                let arrived = try await seen.wait(for: count + 1)
                #expect(arrived == expected)
            }
        }
    }

    @Test("Consumers of one queue share its messages", arguments: BusForm.allCases)
    func shared(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let first = Recorder<String>()
            let second = Recorder<String>()
            let consume = { @Sendable (seen: Recorder<String>) async throws in
                try await bus.consume(names.work, prefetch: 5) { delivery in
                    seen.record(delivery.message.id)
                    return .done
                }
            }
            try await beside {
                try await consume(first)
            } _: {
                try await beside {
                    try await consume(second)
                } _: {
                    // Published until both have had some: a consumer takes its time to begin.
                    var sent = 0
                    try await eventually("both consumers' messages") {
                        try await bus.publish(.test("\(sent)"), to: names.work.route)
                        sent += 1
                        return first.count > 0 && second.count > 0
                    }
                    let all = sent
                    try await eventually("all messages") { first.count + second.count >= all }
                    #expect(Set(first.elements + second.elements).count == all)
                }
            }
        }
    }

    @Test("Many publishers at once lose and double nothing", arguments: BusForm.allCases)
    func manyPublishers(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let seen = Recorder<String>()
            try await beside {
                try await bus.consume(names.work, prefetch: 64) { delivery in
                    seen.record(delivery.message.id)
                    return .done
                }
            } _: {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<2_000 {
                        group.addTask { try await bus.publish(.test("\(number)"), to: names.work.route) }
                    }
                    try await group.waitForAll()
                }
                let arrived = try await seen.wait(for: 2_000, within: .seconds(30))
                #expect(Set(arrived).count == 2_000)
            }
            #expect(seen.count == 2_000)
        }
    }

    @Test("A cancelled consumer lets its handlers finish and settle", arguments: BusForm.allCases)
    func cancelled(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let begun = Recorder<String>()
            let ended = Recorder<Bool>()
            let gate = Gate()
            defer { gate.open() }
            try await bus.publish(.test("under way"), to: names.work.route)
            let consumer = Task {
                try await bus.consume(names.work, prefetch: 1) { delivery in
                    begun.record(delivery.message.id)
                    await gate.wait()
                    ended.record(Task.isCancelled)
                    return .done
                }
            }
            try await begun.wait(for: 1)
            consumer.cancel()
            try await bus.publish(.test("next"), to: names.work.route)
            gate.open()
            try await within { try await consumer.value }
            #expect(ended.elements == [false])
            try await beside {
                try await bus.consume(names.work, prefetch: 1) { delivery in
                    begun.record(delivery.message.id)
                    return .done
                }
            } _: {
                let arrived = try await begun.wait(for: 2)
                #expect(arrived == ["under way", "next"])
            }
        }
    }

    @Test("A cancelled consumer gives back at once what it held for a retry", arguments: BusForm.allCases)
    func cancelledWhileHeld(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let seen = Recorder<Bool>()
            try await bus.publish(.test("held"), to: names.work.route)
            let consumer = Task {
                try await bus.consume(names.work, prefetch: 1) { delivery in
                    seen.record(delivery.isRedelivered)
                    return .retry(after: .seconds(25))
                }
            }
            try await seen.wait(for: 1)
            consumer.cancel()
            try await within(.seconds(10)) { try await consumer.value }
            try await beside {
                try await bus.consume(names.work, prefetch: 1) { delivery in
                    seen.record(delivery.isRedelivered)
                    return .done
                }
            } _: {
                let arrived = try await seen.wait(for: 2)
                #expect(arrived == [false, true])
            }
        }
    }

    @Test(
        "Only work queues are consumed, only request queues served, only streams read",
        arguments: BusForm.allCases)
    func wrongKinds(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let expectRefusal = { @Sendable (operation: @Sendable () async throws -> Void) async in
                let error = await #expect(throws: BusError.self) { try await operation() }
                #expect(error?.kind == .refused)
            }
            await expectRefusal { try await bus.consume(names.stream, prefetch: 1) { _ in .done } }
            await expectRefusal { try await bus.serve(names.work, concurrency: 1) { $0 } }
            await expectRefusal { try await bus.read(names.work, from: .first, batchLimit: 1) { _ in } }
        }
    }

    private static func expect(
        _ letter: BusMessage, of message: BusMessage, from queue: Queue, reason: String
    ) {
        var expected = message
        expected.headers["x-purser-reason"] = reason
        expected.headers["x-purser-queue"] = queue.name
        expected.headers["x-purser-exchange"] = queue.exchange.name
        expected.headers["x-purser-routing-key"] = queue.routingKey
        #expect(letter == expected)
    }

    private static func roundTrip(_ bus: any MessageBus, _ queue: Queue) async throws {
        let seen = Recorder<String>()
        try await beside {
            try await bus.consume(queue, prefetch: 1) { delivery in
                seen.record(delivery.message.id)
                return .done
            }
        } _: {
            try await bus.publish(.test("round trip"), to: queue.route)
            try await seen.wait(for: 1)
        }
    }
}
