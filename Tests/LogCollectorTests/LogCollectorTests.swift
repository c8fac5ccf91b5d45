import Bus
import Foundation
import GRDB
import Logging
import Models
import ServiceLifecycle
import ServiceRuntime
import TestSupport
import Testing

@testable import LogCollector

@Suite(.timeLimit(.minutes(1)))
struct LogCollectorTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `What is published is stored, announced and served`() async throws {
        let harness = CollectorHarness(folder: folder)
        let announced = Recorder<Int>()
        try await harness.run {
            try await withThrowingTaskGroup { tasks in
                let events = harness.bus.events(matching: ["log.*"])
                tasks.addTask {
                    for await case .event(let topic, let message) in events {
                        #expect(topic == "log.committed")
                        announced.record(try Envelope<LogCommitted>(decoding: message.body).data.lastID)
                    }
                }
                try await harness.publish("1", "2")
                #expect(try await harness.messages(count: 2) == ["1", "2"])
                try await eventually("the announcement") { announced.elements.last == 2 }
                try await harness.publish("3")
                try await eventually("the announcement") { announced.elements.last == 3 }
                tasks.cancelAll()
            }
            let list = try await harness.list(ListLogEntries(limit: 2))
            #expect(list.items.compactMap(\.id) == [3, 2])
            #expect(list.lastID == 3)
            #expect(list.firstID == 1)
        }
    }

    @Test func `Announcements are at least 50 ms apart`() async throws {
        let harness = CollectorHarness(folder: folder, clock: ManualClock())
        let announced = Recorder<Int>()
        try await harness.run {
            try await withThrowingTaskGroup { tasks in
                let events = harness.bus.events(matching: ["log.committed"])
                tasks.addTask {
                    for await case .event(_, let message) in events {
                        announced.record(try Envelope<LogCommitted>(decoding: message.body).data.lastID)
                    }
                }
                try await harness.publish("1")
                try await announced.wait(for: 1)
                // One sleeps until the next announcement, another until old entries are looked for.
                try await eventually("the pause") { harness.clock.sleeperCount == 2 }
                for number in 2...5 {
                    try await harness.publish("\(number)")
                    try await harness.messages(count: number)
                }
                harness.clock.advance(by: .milliseconds(49))
                #expect(announced.elements == [1])
                harness.clock.advance(by: .milliseconds(1))
                try await announced.wait(for: 2)
                #expect(announced.elements == [1, 5])
                tasks.cancelAll()
            }
        }
    }

    @Test func `A message that cannot be read becomes a dead letter, and reading goes on`() async throws {
        let harness = CollectorHarness(folder: folder)
        let dead = Recorder<BusMessage>()
        try await harness.run {
            try await harness.publish("1")
            let bad = BusMessage(id: "bad", type: "log.entries.v1", body: Data("{".utf8))
            try await harness.bus.publish(bad, to: Queue.logs.route)
            try await harness.publish("2")
            #expect(try await harness.messages(count: 2) == ["1", "2"])
            try await withThrowingTaskGroup { tasks in
                tasks.addTask {
                    try await harness.bus.consume(.dead, prefetch: 1) {
                        dead.record($0.message)
                        return .done
                    }
                }
                try await dead.wait(for: 1)
                tasks.cancelAll()
            }
        }
        let letter = try #require(dead.elements.first)
        #expect(letter.id == "bad")
        #expect(letter.headers[DeadLetterHeader.reason]?.hasPrefix("the message is not JSON: ") == true)
    }

    @Test func `A collector that comes back goes on where the last one ended`() async throws {
        let bus = KeepingBus()
        let harness = CollectorHarness(folder: folder, bus: bus)
        try await harness.run {
            try await harness.publish("1")
            try await harness.messages(count: 1)
        }
        try await harness.publish("2")
        try await harness.run {
            try await harness.publish("3")
            #expect(try await harness.messages(count: 3) == ["1", "2", "3"])
        }
        #expect(bus.starts.elements.count == 2)
        #expect(bus.starts.elements.first == .first)
        #expect(bus.starts.elements.last != .first)
    }

    @Test(arguments: [false, true])
    func `A stream that is another one is read from its start`(isShort: Bool) async throws {
        let first = CollectorHarness(folder: folder, bus: KeepingBus())
        try await first.run {
            try await first.publish("1")
            try await first.messages(count: 1)
        }
        let bus = KeepingBus(isShort: isShort)
        let second = CollectorHarness(folder: folder, bus: bus)
        try await second.publish("2")
        try await second.run {
            try await second.publish("3")
            #expect(try await second.messages(count: 3) == ["1", "2", "3"])
        }
        #expect(bus.starts.elements.count == 2)
        #expect(bus.starts.elements.last == .first)
    }

    @Test func `Over a bus that keeps nothing the stream is read anew, and repeats are recognised`()
        async throws
    {
        let harness = CollectorHarness(folder: folder)
        try await harness.run {
            try await harness.publish("1")
            try await harness.messages(count: 1)
        }
        try await harness.publish("2")
        try await harness.run {
            try await harness.publish("3")
            #expect(try await harness.messages(count: 3) == ["1", "2", "3"])
        }
        let store = try LogStore(path: harness.configuration.storePath)
        #expect(try await store.streamPosition() == nil)
    }

    @Test func `What was logged before the end is stored at the end`() async throws {
        let harness = CollectorHarness(folder: folder)
        let pipeline = LogPipeline(service: "purser", instance: "p-1", output: NoOutput())
        let logger = pipeline.logger(service: "gateway")
        let publisher = pipeline.publisher(to: harness.bus, spillFolder: nil)
        try await harness.run(with: [publisher], realClock: ContinuousClock()) {
            for number in 0..<300 {
                logger.info("Counted", metadata: [LogKey.count: .stringConvertible(number)])
            }
        }
        let store = try LogStore(path: harness.configuration.storePath)
        let items = try await store.list(ListLogEntries(after: 0, limit: 1_000)).items
        #expect(items.compactMap { $0.metadata[LogKey.count]?.integerValue } == Array(0..<300))
        #expect(items.allSatisfy { $0.service == "gateway" && $0.instance == "p-1" })
    }

    @Test func `A store that fails is tried again, and told`() async throws {
        let harness = CollectorHarness(folder: folder, clock: ManualClock())
        let store = try LogStore(path: harness.configuration.storePath)
        try await store.pool.write { try $0.execute(sql: "ALTER TABLE entry RENAME TO gone") }
        try await harness.run {
            try await harness.publish("1")
            try await eventually("the failure") { await !harness.context.health.readiness().ready }
            #expect(await harness.context.health.readiness().missing?.map(\.name) == ["log-stream"])
            try await store.pool.write { try $0.execute(sql: "ALTER TABLE gone RENAME TO entry") }
            try await eventually("the next attempt") {
                harness.clock.advance(by: .seconds(1))
                return try await harness.list().items.map(\.message) == ["1"]
            }
            #expect(await harness.context.health.readiness().ready)
        }
    }

    @Test func `Old entries are removed from time to time`() async throws {
        let time = Timestamp(milliseconds: 1_770_113_472_345)
        let harness = CollectorHarness(folder: folder, clock: ManualClock(), now: { time }) {
            $0.maximumAge = .seconds(60)
        }
        let store = try LogStore(path: harness.configuration.storePath)
        let old = time.advanced(by: .seconds(-61)).milliseconds
        for _ in 0..<3 { try await store.append((0..<512).map { entry("\($0)", at: old) }) }
        try await harness.run {
            try await eventually("the removal") { try await harness.list().firstID == LogStore.pageEntries }
            try await store.append((0..<1_024).map { entry("\($0)", at: old) })
            #expect(try await harness.list().firstID == LogStore.pageEntries)
            try await eventually("the pause") { harness.clock.sleeperCount == 1 }
            harness.clock.advance(by: .seconds(30))
            try await eventually("the removal") {
                try await harness.list().firstID == 2 * LogStore.pageEntries
            }
        }
    }

    @Test func `A commit logs nothing`() async throws {
        let log = LogRecorder()
        let harness = CollectorHarness(folder: folder, logger: log.logger)
        try await harness.run {
            for number in 1...20 {
                try await harness.publish("\(number)")
                try await harness.messages(count: number)
            }
        }
        #expect(log.lines.isEmpty)
    }
}

private struct NoOutput: LogOutput {
    func write(_ line: ArraySlice<UInt8>, closing: StaticString) {}
    func flush() {}
}
