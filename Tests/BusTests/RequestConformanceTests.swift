import Bus
import Foundation
import TestSupport
import Testing

@Suite("Requests, in both forms")
struct RequestConformanceTests {
    @Test("Each request gets its own answer", arguments: BusForm.allCases)
    func answers(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            try await beside {
                try await bus.serve(names.requests, concurrency: 8) { request in
                    BusMessage(
                        id: "answer to \(request.id)", type: request.type, body: request.body,
                        headers: request.headers)
                }
            } _: {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            let request = BusMessage.test(
                                "\(number)", bytes: number, headers: ["n": "\(number)"])
                            let answer = try await bus.request(
                                request, to: names.requests.route, timeout: .seconds(60))
                            #expect(answer.id == "answer to \(number)")
                            #expect(answer.body == request.body)
                            #expect(answer.type == request.type)
                            #expect(answer.headers == request.headers)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("A request that nobody answers times out, and is not served later", arguments: BusForm.allCases)
    func timesOut(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let start = ContinuousClock.now
            let limit = Duration.milliseconds(300)
            let late = await kind { () async throws(BusError) in
                _ = try await bus.request(.test("late"), to: names.requests.route, timeout: limit)
            }
            #expect(late == .timedOut)
            #expect(ContinuousClock.now - start >= limit)
            // A broker counts from when it got a request. Another one, which ends later, gives it the time for that.
            let another = await kind { () async throws(BusError) in
                _ = try await bus.request(.test("another"), to: names.requests.route, timeout: .seconds(3))
            }
            #expect(another == .timedOut)
            let served = Recorder<String>()
            try await beside {
                try await bus.serve(names.requests, concurrency: 1) { request in
                    served.record(request.id)
                    return request
                }
            } _: {
                _ = try await bus.request(.test("in time"), to: names.requests.route, timeout: .seconds(60))
            }
            #expect(!served.elements.contains("late"))
            #expect(served.elements.last == "in time")
        }
    }

    @Test("A request that is cancelled ends at once", arguments: BusForm.allCases)
    func cancelled(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let arrived = Recorder<String>()
            let gate = Gate()
            try await beside {
                try await bus.serve(names.requests, concurrency: 1) { request in
                    arrived.record(request.id)
                    await gate.wait()
                    return request
                }
            } _: {
                defer { gate.open() }
                let request = Task {
                    await kind { () async throws(BusError) in
                        _ = try await bus.request(
                            .test("given up"), to: names.requests.route, timeout: .seconds(100))
                    }
                }
                try await arrived.wait(for: 1)
                request.cancel()
                let answered = try await within { await request.value }
                #expect(answered == .timedOut)
                gate.open()
            }
        }
    }

    @Test("As many requests are handled at once as wanted, and no more", arguments: BusForm.allCases)
    func concurrency(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let begun = Recorder<String>()
            let gate = Gate()
            try await beside {
                try await bus.serve(names.requests, concurrency: 2) { request in
                    begun.record(request.id)
                    await gate.wait()
                    return request
                }
            } _: {
                defer { gate.open() }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<6 {
                        group.addTask {
                            _ = try await bus.request(
                                .test("\(number)"), to: names.requests.route, timeout: .seconds(60))
                        }
                    }
                    try await begun.wait(for: 2)
                    // A request that ends by its limit: a third handler had that time to begin.
                    let kind = await kind { () async throws(BusError) in
                        _ = try await bus.request(
                            .test("7"), to: names.requests.route, timeout: .milliseconds(200))
                    }
                    #expect(kind == .timedOut)
                    #expect(begun.count == 2)
                    gate.open()
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test(
        "What cannot be sent is refused: no route, a long request, a long answer", arguments: BusForm.allCases
    )
    func refused(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let nowhere = Route(exchange: names.requests.exchange, routingKey: "nowhere")
            let request = { @Sendable (message: BusMessage, route: Route) async in
                await kind { () async throws(BusError) in
                    _ = try await bus.request(message, to: route, timeout: .seconds(60))
                }
            }
            #expect(await request(.test("a"), nowhere) == .unroutable)
            let long = BusMessage.test("b", bytes: BusMessage.bodyByteLimit + 1)
            #expect(await request(long, names.requests.route) == .tooLarge)
            try await beside {
                try await bus.serve(names.requests, concurrency: 1) { _ in long }
            } _: {
                #expect(await request(.test("c"), names.requests.route) == .tooLarge)
            }
        }
    }

    @Test("A full request queue refuses more", arguments: BusForm.allCases)
    func full(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let kinds = try await withThrowingTaskGroup(of: BusError.Kind?.self) { group in
                for number in 0..<Queue.requestLimit + 200 {
                    group.addTask {
                        await kind { () async throws(BusError) in
                            _ = try await bus.request(
                                .test("\(number)"), to: names.requests.route, timeout: .seconds(15))
                        }
                    }
                }
                // All that the queue does not take are refused long before the others' limit.
                var kinds: [BusError.Kind?] = []
                while kinds.count < 200, let kind = try await group.next() { kinds.append(kind) }
                group.cancelAll()
                return kinds
            }
            #expect(kinds == Array(repeating: .blocked, count: 200))
        }
    }

    @Test("A cancelled server lets its handlers finish and answer", arguments: BusForm.allCases)
    func cancelledServer(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let begun = Recorder<String>()
            let gate = Gate()
            defer { gate.open() }
            let server = Task {
                try await bus.serve(names.requests, concurrency: 1) { request in
                    begun.record(request.id)
                    await gate.wait()
                    return request
                }
            }
            async let answer = bus.request(
                .test("under way"), to: names.requests.route, timeout: .seconds(60))
            try await begun.wait(for: 1)
            server.cancel()
            gate.open()
            let answered = try await answer.id
            #expect(answered == "under way")
            try await within { try await server.value }
        }
    }
}
