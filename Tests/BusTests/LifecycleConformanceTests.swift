import Bus
import TestSupport
import Testing

@Suite("A bus's life, in both forms")
struct LifecycleConformanceTests {
    @Test("A bus that is up says so, and says truly whether it keeps messages", arguments: BusForm.allCases)
    func status(form: BusForm) async throws {
        try await withBus(form) { bus, _ in
            #expect(bus.status == .connected)
            #expect(bus.keepsMessages == (form == .broker))
        }
    }

    @Test("After its shut-down every call throws, and subscriptions end", arguments: BusForm.allCases)
    func closed(form: BusForm) async throws {
        let kept = Recorder<(bus: any MessageBus, names: TestNames)>()
        try await withBus(form) { bus, names in _ = kept.record((bus, names)) }
        let (bus, names) = kept.elements[0]
        #expect(
            await kind { () async throws(BusError) in
                try await bus.publish(.test("late"), to: names.work.route)
            }
                == .closed)
        let request = await kind { () async throws(BusError) in
            _ = try await bus.request(.test("late"), to: names.requests.route, timeout: .seconds(5))
        }
        #expect(request == .closed)
        let error = await #expect(throws: BusError.self) {
            try await bus.consume(names.work, prefetch: 1) { _ in .done }
        }
        #expect(error?.kind == .closed)
        guard case .disconnected = bus.status else {
            Issue.record("The status is \(bus.status).")
            return
        }
        try await within {
            for await _ in bus.events(matching: ["#"]) {}
        }
    }

    @Test("The shut-down ends what is still waiting", arguments: BusForm.allCases)
    func endsWaiting(form: BusForm) async throws {
        let names = TestNames()
        let url = form == .embedded ? "embedded" : try await TestBroker.shared().url
        let bus = try BusFactory.make(
            url: url, topology: names.topology, connectionName: "test", logger: .silent)
        let begun = Recorder<Bool>()
        let gate = Gate()
        defer { gate.open() }
        let life = Task { try await bus.run() }
        let subscriber = Task {
            for await delivery in bus.events(matching: ["#"]) { begun.record(delivery.isInterruption) }
        }
        let server = Task {
            try await bus.serve(names.requests, concurrency: 1) { request in
                begun.record(false)
                await gate.wait()
                return request
            }
        }
        let stopper = Task {
            try await begun.wait(for: 2, within: .seconds(60))
            life.cancel()
        }
        // One is with the handler, the other in the queue.
        let kinds = await withTaskGroup(of: BusError.Kind?.self) { group in
            for id in ["1", "2"] {
                group.addTask {
                    await kind { () async throws(BusError) in
                        _ = try await bus.request(.test(id), to: names.requests.route, timeout: .seconds(60))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(kinds == [.closed, .closed])
        gate.open()
        try await stopper.value
        try await within { await subscriber.value }
        try await within { _ = await life.result }
        let error = await #expect(throws: BusError.self) { try await within { try await server.value } }
        #expect(error?.kind == .closed)
    }
}
