import Bus
import HTTPTypes
import Models
import NIOCore
import NIOEmbedded
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Event and log streams: in order, without gaps, without repeats.
@Suite struct StreamTests {
    /// Runs a stream beside `body`, and ends it afterwards.
    private func withStream(
        _ harness: GatewayHarness, _ uri: String, token: String = GatewayHarness.admin,
        lastEventID: Int? = nil,
        _ body: @escaping @Sendable (StreamText) async throws -> Void
    ) async throws {
        let stream = try await harness.stream(uri, token: token, lastEventID: lastEventID)
        #expect(stream.status == 200)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await stream.run() }
            try await stream.text.wait(for: ": connected")
            try await body(stream.text)
            harness.gateway.parts.slots.stop()
            try await group.waitForAll()
        }
        #expect(stream.text.text.hasSuffix(": connect again with Last-Event-ID\n\n"))
    }

    private func submit(_ harness: GatewayHarness) async throws -> ActionID {
        let answer = try await harness.call(.post, harness.actionsPath, ["function": "getInfo"])
        return ActionID(rawValue: try #require(answer.json["id"]?.stringValue))
    }

    // MARK: Events

    @Test func `a new stream begins with what happens from now on`() async throws {
        try await GatewayHarness.run { harness in
            let id = try await self.submit(harness)
            try await harness.fake.change(id, to: .dispatched)
            try await self.withStream(harness, "/v1/events/stream") { text in
                try await harness.fake.change(id, to: .waiting)
                try await harness.fake.change(id, to: .succeeded)
                try await text.wait(for: "id: 3\n")
                #expect(text.ids == [2, 3])
                #expect(text.text.contains("event: action.changed\ndata: {"))
                #expect(text.text.contains(id.rawValue))
            }
        }
    }

    @Test func `Last-Event-ID goes on behind it, first from the table and then live`() async throws {
        try await GatewayHarness.run { harness in
            let id = try await self.submit(harness)
            for _ in 1...5 { try await harness.fake.change(id, to: .waiting) }
            try await self.withStream(harness, "/v1/events/stream", lastEventID: 2) { text in
                try await text.wait(for: "id: 5\n")
                try await harness.fake.change(id, to: .succeeded)
                try await text.wait(for: "id: 6\n")
                #expect(text.ids == [3, 4, 5, 6])
            }
        }
    }

    @Test func `events that the bus brings out of order are told in order`() async throws {
        try await GatewayHarness.run { harness in
            let id = try await self.submit(harness)
            try await self.withStream(harness, "/v1/events/stream") { text in
                let action = try #require(harness.fake.state.withLock { $0.actions[id] })
                harness.fake.state.withLock { state in
                    for sequence in 1...3 {
                        state.events.append(
                            EventRecord(
                                sequence: sequence, type: "action.changed", clientID: action.clientID,
                                data: ["action": FakeOrchestrator.json(action)]))
                    }
                }
                for sequence in [3, 1, 2] {
                    try await harness.bus.publish(
                        ActionChanged(sequence: sequence, action: action), to: .event("action.changed"),
                        source: "/orchestrator")
                }
                try await text.wait(for: "id: 3\n")
                #expect(text.ids == [1, 2, 3])
            }
        }
    }

    @Test func `events of the table and of the bus look the same`() async throws {
        try await GatewayHarness.run { harness in
            let id = try await self.submit(harness)
            let live = Recorder<String>()
            try await self.withStream(harness, "/v1/events/stream") { text in
                try await harness.fake.change(id, to: .succeeded)
                try await text.wait(for: "id: 1\n")
                live.record(text.text)
            }
            let record = try #require(harness.fake.state.withLock { $0.events.first })
            let told = try #require(
                live.elements.first?.split(separator: "data: ").last?.split(separator: "\n").first)
            let data = try RawJSON(.init(told.utf8)).decoded()
            #expect(data == .object(record.shown.objectValue ?? [:]))
        }
    }

    @Test func `a client gets only events about its own things`() async throws {
        try await GatewayHarness.run { harness in
            let id = try await self.submit(harness)
            try await self.withStream(harness, "/v1/events/stream", token: GatewayHarness.john) { text in
                try await harness.fake.change(id, to: .succeeded)
                let adapter = AdapterStatus(
                    instance: "hosting-1", category: "hosting", online: false, lastSeenAt: .now)
                try await harness.bus.publish(
                    AdapterChanged(sequence: 2, adapter: adapter), to: .event("adapter.changed"),
                    source: "/orchestrator")
                harness.fake.state.withLock {
                    $0.events.append(EventRecord(sequence: 2, type: "adapter.changed", data: [:]))
                }
                let john = try #require(
                    harness.fake.state.withLock {
                        $0.principals[FakeOrchestrator.hash(GatewayHarness.john)]?.clientID
                    })
                let changed = ProductChanged(
                    sequence: 3, contractProductID: .make(), clientID: john, status: .active)
                try await harness.bus.publish(changed, to: .event("product.changed"), source: "/orchestrator")
                try await text.wait(for: "event: product.changed")
                #expect(text.ids == [3])
            }
        }
    }

    @Test func `what is no longer kept is told as a gap`() async throws {
        try await GatewayHarness.run { harness in
            // In the table alone: what comes over the bus is kept in the gateway too, for a while.
            harness.fake.state.withLock { state in
                state.events = (1...5).map {
                    EventRecord(sequence: $0, type: "adapter.changed", data: [:])
                }
                state.firstSequence = 4
            }
            try await self.withStream(harness, "/v1/events/stream", lastEventID: 1) { text in
                try await text.wait(for: "id: 5\n")
                #expect(text.text.contains("id: 3\nevent: gap\ndata: {\"from\":2,\"to\":3}\n\n"))
                #expect(text.ids == [3, 4, 5])
            }
        }
    }

    @Test func `secrets of results are never streamed`() async throws {
        try await GatewayHarness.run { harness in
            let id = try await self.submit(harness)
            let sealed = try harness.sealer.seal(.string("https://secret"), context: "\(id)/result/login_url")
            try await self.withStream(harness, "/v1/events/stream") { text in
                try await harness.fake.change(id, to: .succeeded, result: ["login_url": .string(sealed)])
                try await text.wait(for: "id: 1\n")
                #expect(text.text.contains("\"login_url\":\"\(Secret.mask)\""))
                #expect(!text.text.contains("sealed:v1:"))
            }
        }
    }

    @Test func `silence is broken by a comment every 15 s`() async throws {
        try await GatewayHarness.run { harness in
            try await self.withStream(harness, "/v1/events/stream") { text in
                for count in 1...2 {
                    try await eventually("a comment") {
                        harness.clock.advance(by: .seconds(15))
                        harness.gateway.parts.slots.sweep(now: harness.clock.now)
                        return text.text.split(separator: ": still here").count > count
                    }
                }
                #expect(text.ids.isEmpty)
            }
        }
    }

    @Test func `a reader that takes nothing for 30 s is cut off`() async throws {
        try await GatewayHarness.run { harness in
            let channel = NIOAsyncTestingChannel()
            try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1))
            let hold = Gate()
            let stream = try await harness.stream("/v1/events/stream", channel: channel, hold: hold)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await stream.run() }
                try await stream.text.wait(for: ": connected")
                harness.clock.advance(by: .seconds(29))
                harness.gateway.parts.slots.sweep(now: harness.clock.now)
                #expect(channel.isActive)
                harness.clock.advance(by: .seconds(1))
                harness.gateway.parts.slots.sweep(now: harness.clock.now)
                try await channel.closeFuture.get()
                hold.open()
                try await group.waitForAll()
            }
        }
    }

    @Test func `a stream that cannot be told what is new goes on when it can`() async throws {
        try await GatewayHarness.run { harness in
            let id = try await self.submit(harness)
            try await self.withStream(harness, "/v1/events/stream", lastEventID: 0) { text in
                harness.fake.state.withLock {
                    $0.failures["event.list.v1"] = RequestFailure(.unavailable, "No answer came in time.")
                }
                harness.gateway.feed.recent.interrupt()
                try await harness.fake.change(id, to: .succeeded)
                try await eventually("the event comes") {
                    harness.clock.advance(by: .seconds(1))
                    harness.gateway.parts.slots.sweep(now: harness.clock.now)
                    return text.ids == [1]
                }
            }
        }
    }

    @Test func `there are only so many streams, and a closed one makes room`() async throws {
        try await GatewayHarness.run { harness in
            let slots = harness.gateway.parts.slots
            var streams: [(status: Int, text: StreamText, run: @Sendable () async throws -> Void)] = []
            for _ in 0..<Limits.streams { streams.append(try await harness.stream("/v1/events/stream")) }
            #expect(try await harness.stream("/v1/events/stream").status == 429)
            streams.removeLast()
            #expect(try await harness.stream("/v1/events/stream").status == 200)
            slots.stop()
            #expect(try await harness.stream("/v1/logs/stream").status == 503)
        }
    }

    @Test(arguments: ["x", "-1", "99999999999999999999"])
    func `a Last-Event-ID that was never given out is refused`(_ id: String) async throws {
        try await GatewayHarness.run { harness in
            for path in ["/v1/events/stream", "/v1/logs/stream"] {
                let answer = try await harness.call(.get, path, headers: ["Last-Event-ID": id])
                #expect(answer.status == 422)
                #expect(answer.pointers == ["/header/Last-Event-ID"])
            }
        }
    }

    // MARK: Logs

    @Test func `the log is streamed from now on, and again behind Last-Event-ID`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock { $0.logEntries = (1...3).map { Fixtures.logEntry($0) } }
            try await self.withStream(harness, "/v1/logs/stream") { text in
                harness.fake.state.withLock { $0.logEntries.append(Fixtures.logEntry(4)) }
                try await harness.bus.publish(
                    LogCommitted(lastID: 4), to: .event("log.committed"), source: "/log-collector")
                try await text.wait(for: "id: 4\n")
                #expect(text.ids == [4])
            }
        }
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock { $0.logEntries = (1...1200).map { Fixtures.logEntry($0) } }
            try await self.withStream(harness, "/v1/logs/stream", lastEventID: 10) { text in
                try await text.wait(for: "id: 1200\n")
                #expect(text.ids == Array(11...1200))
            }
        }
    }

    @Test func `answers that end early because entries are large leave none out`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock { state in
                state.logEntries = (1...20).map { Fixtures.logEntry($0) }
                state.logAnswerLimit = 3
            }
            try await self.withStream(harness, "/v1/logs/stream", lastEventID: 0) { text in
                try await eventually("all entries") { text.ids.count >= 20 }
                #expect(text.ids == Array(1...20))
            }
        }
    }

    @Test func `since brings stored entries first`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock { $0.logEntries = (1...3).map { Fixtures.logEntry($0) } }
            try await self.withStream(harness, "/v1/logs/stream?since=2026-01-01T00:00:00Z") { text in
                try await text.wait(for: "id: 3\n")
                #expect(text.ids == [1, 2, 3])
            }
        }
    }

    @Test func `a cut by retention is told as a gap`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock { state in
                state.logEntries = (1...9).map { Fixtures.logEntry($0) }
                state.firstLogID = 7
            }
            try await self.withStream(harness, "/v1/logs/stream", lastEventID: 2) { text in
                try await text.wait(for: "id: 9\n")
                #expect(text.text.contains("id: 6\nevent: gap\ndata: {\"from\":3,\"to\":6}\n\n"))
                #expect(text.ids == [6, 7, 8, 9])
            }
        }
    }

    @Test func `a client sees its own entries without what is for staff`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock { state in
                state.logEntries = [
                    Fixtures.logEntry(1),
                    Fixtures.logEntry(2, client: harness.janeID, debug: "sealed:v1:x:y"),
                ]
            }
            let own = try await harness.call(.get, "/v1/logs", token: GatewayHarness.jane)
            #expect(own.json["items"]?.arrayValue?.count == 1)
            let entry = try #require(own.json["items"]?.arrayValue?.first)
            #expect(entry["error"] == nil)
            #expect(entry["debug"] == nil)
            #expect(entry["metadata"] == .object([:]))
            let all = try await harness.call(.get, "/v1/logs?limit=1")
            #expect(all.json["next"] == 2)
            #expect(all.json["items"]?.arrayValue?.first?["debug"] == .string(Secret.mask))
            #expect(all.json["items"]?.arrayValue?.first?["error"] == "It broke.")
        }
    }
}
