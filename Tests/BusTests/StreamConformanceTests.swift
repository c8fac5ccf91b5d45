import Bus
import Foundation
import TestSupport
import Testing

@Suite("Streams, in both forms")
struct StreamConformanceTests {
    private struct Stop: Error {}

    @Test(
        "Entries come in order, with rising offsets, in batches up to the limit", arguments: BusForm.allCases)
    func inOrder(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            try await Self.fill(bus, names, 0..<100)
            let batches = Recorder<[StreamEntry]>()
            try await beside {
                try await bus.read(names.stream, from: .first, batchLimit: 30) { batches.record($0) }
            } _: {
                try await eventually("all entries") { batches.elements.joined().count >= 100 }
            }
            #expect(batches.elements.allSatisfy { (1...30).contains($0.count) })
            let entries = Array(batches.elements.joined())
            #expect(entries.map(\.message) == (0..<100).map { .test("\($0)") })
            #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.offset < $1.offset })
        }
    }

    @Test("Reading goes on at an offset, and waits for entries to come", arguments: BusForm.allCases)
    func fromOffset(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            try await Self.fill(bus, names, 0..<10)
            let first = Recorder<StreamEntry>()
            try await beside {
                try await bus.read(names.stream, from: .first, batchLimit: 4) {
                    $0.forEach { first.record($0) }
                }
            } _: {
                try await first.wait(for: 10)
            }
            let second = Recorder<StreamEntry>()
            try await beside {
                try await bus.read(names.stream, from: .offset(first.elements[6].offset), batchLimit: 4) {
                    $0.forEach { second.record($0) }
                }
            } _: {
                try await second.wait(for: 4)
                try await Self.fill(bus, names, 10..<12)
                let ids = try await second.wait(for: 6).map(\.message.id)
                #expect(ids == ["6", "7", "8", "9", "10", "11"])
                #expect(second.elements[0].offset == first.elements[6].offset)
            }
        }
    }

    @Test(
        "A handler that throws ends the reading, and its entries count as unread", arguments: BusForm.allCases
    )
    func throwing(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            try await Self.fill(bus, names, 0..<5)
            for _ in 0..<2 {
                let seen = Recorder<String>()
                await #expect(throws: Stop.self) {
                    try await bus.read(names.stream, from: .first, batchLimit: 1) { entries in
                        seen.record(entries[0].message.id)
                        if entries[0].message.id == "2" { throw Stop() }
                    }
                }
                #expect(seen.elements == ["0", "1", "2"])
            }
        }
    }

    @Test("Readers do not take entries from each other", arguments: BusForm.allCases)
    func readers(form: BusForm) async throws {
        try await withBus(form) { bus, names in
            let first = Recorder<String>()
            let second = Recorder<String>()
            try await beside {
                try await bus.read(names.stream, from: .first, batchLimit: 10) {
                    $0.forEach { first.record($0.message.id) }
                }
            } _: {
                try await beside {
                    try await bus.read(names.stream, from: .first, batchLimit: 10) {
                        $0.forEach { second.record($0.message.id) }
                    }
                } _: {
                    try await Self.fill(bus, names, 0..<50)
                    let expected = (0..<50).map { "\($0)" }
                    let firstIDs = try await first.wait(for: 50)
                    #expect(firstIDs == expected)
                    let secondIDs = try await second.wait(for: 50)
                    #expect(secondIDs == expected)
                }
            }
        }
    }

    private static func fill(_ bus: any MessageBus, _ names: TestNames, _ numbers: Range<Int>) async throws {
        for number in numbers { try await bus.publish(.test("\(number)"), to: names.stream.route) }
    }
}
