import Bus
import Foundation
import Logging
import Models
import ServiceLifecycle
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite(.timeLimit(.minutes(1)))
struct LogPipelineTests {
    @Test func `Entries arrive in order, in batches of at most 256`() async throws {
        let harness = PipelineHarness()
        harness.log(0..<1_000)
        try await harness.withPublisher {
            try await eventually("1000 entries") { try harness.bus.entries.count == 1_000 }
        }
        #expect(try harness.bus.entries.numbers == Array(0..<1_000))
        for message in harness.bus.messages.elements {
            let envelope = try Envelope<LogEntries>(decoding: message.body)
            #expect(envelope.id == message.id)
            #expect(envelope.source == "/test")
            #expect(envelope.data.entries.count <= 256)
        }
    }

    @Test func `A full batch does not wait`() async throws {
        let harness = PipelineHarness(clock: ManualClock())
        try await harness.withPublisher {
            harness.log(0..<256)
            try await harness.bus.messages.wait(for: 1)
        }
        #expect(try harness.bus.entries.numbers == Array(0..<256))
    }

    @Test func `The first entry waits 50 ms for others`() async throws {
        let harness = PipelineHarness(clock: ManualClock())
        try await harness.withPublisher {
            harness.log(0..<3)
            try await eventually("a sleeper") { harness.clock.sleeperCount == 1 }
            harness.clock.advance(by: .milliseconds(49))
            #expect(harness.bus.messages.count == 0)
            harness.clock.advance(by: .milliseconds(1))
            try await harness.bus.messages.wait(for: 1)
        }
        #expect(harness.bus.messages.count == 1)
        #expect(try harness.bus.entries.numbers == [0, 1, 2])
    }

    @Test func `What is logged before the end is published at the end`() async throws {
        let harness = PipelineHarness(clock: ManualClock())
        try await harness.withPublisher { harness.log(0..<3) }
        #expect(try harness.bus.entries.numbers == [0, 1, 2])
    }

    @Test func `Nothing is lost and order is kept while the bus is away`() async throws {
        let folder = try TemporaryFolder()
        let harness = PipelineHarness(bus: ScriptedBus(.failing(.notConnected)), spillFolder: folder.path)
        try await harness.withPublisher {
            for start in stride(from: 0, to: 3_000, by: 300) {
                harness.log(start..<start + 300)
                try await eventually("the buffer to be taken") { harness.pipeline.buffer.isEmpty }
            }
            #expect(try folder.files().contains { $0.hasSuffix(".spill") })
            harness.bus.behave(.taking)
            try await eventually("3000 entries") { try harness.bus.entries.numbers.count == 3_000 }
        }
        let isComplete = try harness.bus.entries.numbers == Array(0..<3_000)
        #expect(isComplete)
        #expect(try !folder.files().contains { $0.hasSuffix(".spill") })
    }

    @Test func `A bus that is slow does not fill the memory`() async throws {
        let folder = try TemporaryFolder()
        let harness = PipelineHarness(bus: ScriptedBus(.holding), spillFolder: folder.path)
        try await harness.withPublisher {
            for start in stride(from: 0, to: 3_000, by: 300) {
                harness.log(start..<start + 300)
                try await eventually("the buffer to be taken") { harness.pipeline.buffer.isEmpty }
            }
            #expect(try folder.files().contains { $0.hasSuffix(".spill") })
            harness.bus.behave(.taking)
            try await eventually("3000 entries") { try harness.bus.entries.numbers.count == 3_000 }
        }
        let isComplete = try harness.bus.entries.numbers == Array(0..<3_000)
        #expect(isComplete)
    }

    @Test(arguments: [BusError.Kind.notConnected, .blocked, .timedOut, .unroutable, .refused])
    func `A batch is sent again under its id until it is taken`(kind: BusError.Kind) async throws {
        let harness = PipelineHarness(bus: ScriptedBus(.failing(kind)))
        harness.log(0..<3)
        try await harness.withPublisher {
            try await eventually("two attempts") { harness.bus.attempts.count >= 2 }
            harness.bus.behave(.taking)
            try await harness.bus.messages.wait(for: 1)
        }
        #expect(Set(harness.bus.attempts).count == 1)
        #expect(try harness.bus.entries.numbers == [0, 1, 2])
    }

    @Test func `What was spilled is sent by a later process, before its own entries`() async throws {
        let folder = try TemporaryFolder()
        let first = PipelineHarness(
            bus: ScriptedBus(.failing(.notConnected)), instance: "test-1", spillFolder: folder.path)
        try await first.withPublisher { first.log(0..<700) }
        let second = PipelineHarness(instance: "test-2", spillFolder: folder.path)
        second.log(700..<800)
        try await second.withPublisher {
            try await eventually("800 entries") { try second.bus.entries.numbers.count == 800 }
        }
        #expect(try second.bus.entries.numbers == Array(0..<800))
        #expect(try second.bus.entries.prefix(700).allSatisfy { $0.instance == "test-1" })
        let ids = Set(first.bus.attempts)
        #expect(!ids.isEmpty && ids.isSubset(of: second.bus.messages.elements.map(\.id)))
    }

    @Test func `A bus that is disconnected is not called, and does not hold up the end`() async throws {
        let folder = try TemporaryFolder()
        let harness = PipelineHarness(bus: ScriptedBus(.away), spillFolder: folder.path)
        try await harness.withPublisher { harness.log(0..<3) }
        #expect(harness.bus.attempts.isEmpty)
        #expect(try folder.files().contains { $0.hasSuffix(".spill") })
    }

    @Test func `Entries that find no room are counted and told`() async throws {
        let harness = PipelineHarness(bufferLimit: 10)
        harness.log(0..<25)
        try await harness.withPublisher {
            try await eventually("the telling") { try harness.bus.entries.told == 15 }
        }
        #expect(try harness.bus.entries.numbers == Array(0..<10))
        #expect(harness.output.lines.last?.contains(#""message":"Dropped log entries""#) == true)
        #expect(harness.output.lines.count == 26)
    }

    @Test func `Every entry is published or told of when the spill is full`() async throws {
        let folder = try TemporaryFolder()
        let harness = PipelineHarness(
            bus: ScriptedBus(.failing(.notConnected)), spillFolder: folder.path, spillLimit: 50_000)
        try await harness.withPublisher {
            for start in stride(from: 0, to: 3_000, by: 300) {
                harness.log(start..<start + 300)
                try await eventually("the buffer to be taken") { harness.pipeline.buffer.isEmpty }
            }
            harness.bus.behave(.taking)
            try await eventually("all to be accounted for") {
                let entries = try harness.bus.entries
                return entries.numbers.count + entries.told == 3_000
            }
        }
        let entries = try harness.bus.entries
        #expect(entries.told > 0)
        let isFirstPart = entries.numbers == Array(0..<entries.numbers.count)
        #expect(isFirstPart)
        #expect(entries.numbers.count + entries.told == 3_000)
    }

    @Test func `A batch that the bus finds too large is dropped and told`() async throws {
        let harness = PipelineHarness(bus: ScriptedBus(.failing(.tooLarge)))
        harness.log(0..<3)
        try await harness.withPublisher {
            try await eventually("an attempt") { harness.bus.attempts.count >= 1 }
            harness.bus.behave(.taking)
            harness.log(3..<4)
            try await eventually("the telling") { try harness.bus.entries.told > 0 }
        }
        let entries = try harness.bus.entries
        #expect(entries.told >= 3)
        #expect(entries.numbers == [3])
    }

    @Test func `What the bus itself logs while publishing is shown, and not published`() async throws {
        let inner = LoggerBox()
        let harness = PipelineHarness(bus: ScriptedBus { inner.logger?.debug("A message was published") })
        inner.logger = harness.logger
        harness.log(0..<1)
        try await harness.withPublisher { try await harness.bus.messages.wait(for: 1) }
        #expect(try harness.bus.entries.map(\.message) == ["An entry"])
        #expect(harness.output.lines.contains { $0.contains("A message was published") })
    }

    @Test func `The bus's debug entries are shown only`() async throws {
        let harness = PipelineHarness()
        let logger = harness.pipeline.busLogger(service: "test")
        logger.debug("A frame was read")
        logger.warning("The connection was lost")
        try await harness.withPublisher { try await harness.bus.messages.wait(for: 1) }
        #expect(try harness.bus.entries.map(\.message) == ["The connection was lost"])
        #expect(harness.output.lines.count == 2)
    }

    @Test func `Entries below the level are neither shown nor published`() async throws {
        let harness = PipelineHarness(level: .notice)
        harness.logger.info("Quiet")
        harness.logger.notice("Heard")
        try await harness.withPublisher { try await harness.bus.messages.wait(for: 1) }
        #expect(try harness.bus.entries.map(\.message) == ["Heard"])
        #expect(harness.output.lines.count == 1)
    }

    @Test func `Services of one process have their own names, and entries the trace of their task`()
        async throws
    {
        let harness = PipelineHarness()
        let trace = TraceContext.make()
        await trace.run { harness.pipeline.logger(service: "gateway", instance: "gateway-1").info("One") }
        harness.pipeline.logger(service: "orchestrator").info("Two")
        try await harness.withPublisher { try await harness.bus.messages.wait(for: 1) }
        let entries = try harness.bus.entries
        #expect(entries.map(\.service) == ["gateway", "orchestrator"])
        #expect(entries.map(\.instance) == ["gateway-1", "test-1"])
        #expect(entries.map(\.traceID) == [trace.traceID, nil])
    }

    @Test func `At a terminal a line is short and cannot steer the terminal`() {
        let harness = PipelineHarness(form: .human)
        harness.logger.warning(
            "Something \u{1B}[2J happened",
            metadata: [LogKey.debug: "sealed", "b": "2\n3", LogKey.actionID: "act_1"])
        let escape = "\u{1B}"
        let expected = [
            "\(escape)[2m10:11:12.345\(escape)[0m \(escape)[33mWARNING \(escape)[0m test           Something  [2J happened"
                + "  \(escape)[2maction.id=\(escape)[0mact_1  \(escape)[2mb=\(escape)[0m2 3"
        ]
        #expect(harness.output.lines == expected)
    }
}
