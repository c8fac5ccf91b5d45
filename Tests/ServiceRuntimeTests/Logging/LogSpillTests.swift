import Foundation
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct LogSpillTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func batch(_ number: Int, bytes: Int = 100) -> LogBatch {
        let padding = String(repeating: "x", count: bytes)
        return LogBatch(
            id: "id\(number)", count: 1, body: Array(#"{"n":\#(number),"padding":"\#(padding)"}"#.utf8))
    }

    private func drain(_ spill: inout LogSpill) throws -> [LogBatch] {
        var batches: [LogBatch] = []
        while let batch = try spill.first() {
            batches.append(batch)
            try spill.removeFirst(id: batch.id)
        }
        return batches
    }

    @Test func `Batches come out in order, also while others go in`() throws {
        var spill = try LogSpill(folder: folder.path, instance: "a")
        var read: [LogBatch] = []
        for number in 0..<100 {
            #expect(try spill.append(batch(number)))
            if number % 3 == 0, let first = try spill.first() {
                read.append(first)
                try spill.removeFirst(id: first.id)
            }
        }
        read += try drain(&spill)
        #expect(read == (0..<100).map { batch($0) })
        #expect(spill.isEmpty)
    }

    @Test func `Files are of limited size, and deleted when read`() throws {
        var spill = try LogSpill(folder: folder.path, instance: "a")
        for number in 0..<100 { #expect(try spill.append(batch(number, bytes: 100_000))) }
        #expect(try folder.files().count { $0.hasSuffix(".spill") } == 3)
        #expect(try drain(&spill).count == 100)
        #expect(try !folder.files().contains { $0.hasSuffix(".spill") })
    }

    @Test func `What is over the limit is refused, and taken when there is room again`() throws {
        var spill = try LogSpill(folder: folder.path, instance: "a", byteLimit: 1_000)
        var kept = 0
        while try spill.append(batch(kept)) { kept += 1 }
        #expect((7...8).contains(kept))
        #expect(try drain(&spill).count == kept)
        #expect(try spill.append(batch(0)))
    }

    @Test func `A later spill reads what an earlier one left, but for a line cut short`() throws {
        do {
            var spill = try LogSpill(folder: folder.path, instance: "a")
            for number in 0..<3 { #expect(try spill.append(batch(number))) }
        }
        let name = try #require(try folder.files().first { $0.hasSuffix(".spill") })
        let handle = try #require(FileHandle(forUpdatingAtPath: folder.path + "/" + name))
        let end = try handle.seekToEnd()
        try handle.truncate(atOffset: end - 10)
        var spill = try LogSpill(folder: folder.path, instance: "a")
        #expect(try spill.append(batch(3)))
        #expect(try drain(&spill) == [batch(0), batch(1), batch(3)])
    }

    @Test func `What a dead instance left is taken over, what a living one has is not`() throws {
        var living = try LogSpill(folder: folder.path, instance: "living")
        #expect(try living.append(batch(1)))
        do {
            var dead = try LogSpill(folder: folder.path, instance: "dead")
            #expect(try dead.append(batch(2)))
        }
        var heir = try LogSpill(folder: folder.path, instance: "heir")
        #expect(try drain(&heir) == [batch(2)])
        #expect(try drain(&living) == [batch(1)])
        #expect(try !folder.files().contains("dead"))
    }

    @Test func `A second process of the same name has a folder of its own`() throws {
        var one = try LogSpill(folder: folder.path, instance: "a")
        var two = try LogSpill(folder: folder.path, instance: "a")
        #expect(try one.append(batch(1)))
        #expect(try two.append(batch(2)))
        #expect(try drain(&one) == [batch(1)])
        #expect(try drain(&two) == [batch(2)])
    }
}
