import Bus
import Foundation
import TestSupport
import Testing

@Suite("Events, in both forms")
struct EventConformanceTests {
    @Test(
        "A subscriber gets the events of its topics, after the word that it has begun",
        arguments: BusForm.allCases)
    func topics(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            var events = bus.events(matching: ["action.*", "#.failed"]).makeAsyncIterator()
            #expect(await events.next()?.isInterruption == true)
            let topics = [
                "product.changed", "action.changed", "action.hosting.done", "adapter.hosting.failed",
            ]
            for topic in topics { try await bus.publish(.test(topic), to: names.event(topic)) }
            for expected in ["action.changed", "adapter.hosting.failed"] {
                guard case .event(let topic, let message)? = await events.next() else {
                    Issue.record("There was no event \(expected).")
                    return
                }
                #expect(topic == expected)
                #expect(message == .test(expected))
            }
        }
    }

    @Test("Every subscriber gets every event, in order", arguments: BusForm.allCases)
    func everyone(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            try await withThrowingTaskGroup(of: [String].self) { group in
                let begun = Recorder<Int>()
                for number in 0..<3 {
                    group.addTask {
                        var ids: [String] = []
                        for await delivery in bus.events(matching: ["#"]) {
                            guard case .event(_, let message) = delivery else {
                                begun.record(number)
                                continue
                            }
                            ids.append(message.id)
                            if ids.count == 100 { break }
                        }
                        return ids
                    }
                }
                try await begun.wait(for: 3)
                for number in 0..<100 { try await bus.publish(.test("\(number)"), to: names.event("a.b")) }
                for try await ids in group { #expect(ids == (0..<100).map { "\($0)" }) }
            }
        }
    }

    @Test("An event without a subscriber is no error", arguments: BusForm.allCases)
    func noSubscriber(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            try await bus.publish(.test("unheard"), to: names.event("a.b"))
        }
    }

    @Test(
        "A subscriber that does not keep up is told where it has missed events", arguments: BusForm.allCases)
    func overflow(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            var events = bus.events(matching: ["#"]).makeAsyncIterator()
            #expect(await events.next()?.isInterruption == true)
            var witness = bus.events(matching: ["last"]).makeAsyncIterator()
            #expect(await witness.next()?.isInterruption == true)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in 0..<13 {
                    group.addTask {
                        for number in 0..<1_000 {
                            try await bus.publish(.test("\(part).\(number)"), to: names.event("burst"))
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await bus.publish(.test("last"), to: names.event("last"))
            _ = await witness.next()
            var count = 0
            while let delivery = await events.next(), !delivery.isInterruption { count += 1 }
            // With a broker some may still have been on their way when the first were taken.
            #expect(count >= 10_000 && count < 13_000)
            #expect(form == .broker || count == 10_000)
            try await bus.publish(.test("after"), to: names.event("after"))
            while let delivery = await events.next() {
                if case .event("after", let message) = delivery {
                    #expect(message.id == "after")
                    return
                }
            }
            Issue.record("The subscription did not go on.")
        }
    }

    @Test("A subscriber's stream ends with its task", arguments: BusForm.allCases)
    func cancelled(form: BusForm) async throws {
        try await withBus(form) { bus, _ in
            let begun = Recorder<Bool>()
            let subscriber = Task {
                for await delivery in bus.events(matching: ["#"]) { begun.record(delivery.isInterruption) }
            }
            try await begun.wait(for: 1)
            subscriber.cancel()
            try await within { await subscriber.value }
        }
    }
}

extension EventDelivery {
    var isInterruption: Bool {
        if case .interrupted = self { true } else { false }
    }
}
