import Foundation

/// Tries something with many inputs that are made at random, and that are the same in every run.
///
/// Each input comes from a seed of its own, so that one that ends the process can be made again alone: with
/// `PURSER_FUZZ_TRACE` the number of the input that is being tried is written to that file, and `PURSER_FUZZ_FROM` begins
/// there. `PURSER_FUZZ_SEED` gives other inputs, `PURSER_FUZZ_TIMES` so many times as many.
package enum Fuzz {
    /// What all inputs are made from.
    package static let seed = number("PURSER_FUZZ_SEED") ?? 20_261_127

    /// Tries `count` inputs, or as many times that as the environment says. Lets other tests on now and then.
    ///
    /// - Parameters:
    ///   - name: what is tried; printed with the seed and how long it took.
    ///   - body: makes an input from the generator, tries it, and throws where it came to what it must not.
    package static func run(
        _ name: String, count: Int, _ body: (_ generator: inout SeededGenerator) async throws -> Void
    ) async throws {
        let total = UInt64(count) * (number("PURSER_FUZZ_TIMES") ?? 1)
        let first = min(number("PURSER_FUZZ_FROM") ?? 0, total)
        let begun = ContinuousClock.now
        let trace = try Trace()
        for index in first..<total {
            var generator = SeededGenerator(seed: seed &+ index &* 0x9E37_79B9)
            trace?.note("\(name) \(index)")
            do {
                try await body(&generator)
            } catch {
                throw FuzzFailure(description: "\(name), seed \(seed), input \(index): \(error)")
            }
            if index % 64 == 63 { await Task.yield() }
        }
        let took = begun.duration(to: .now) / .milliseconds(1)
        print("fuzz \(name): seed \(seed), \(total - first) inputs, \(Int(took)) ms")
    }

    private static func number(_ variable: String) -> UInt64? {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
    }

    /// Says which input is being tried, for when it ends the process.
    private struct Trace {
        private let file: FileHandle

        init?() throws {
            guard let path = ProcessInfo.processInfo.environment["PURSER_FUZZ_TRACE"] else { return nil }
            guard FileManager.default.createFile(atPath: path, contents: nil),
                let file = FileHandle(forWritingAtPath: path)
            else { throw FuzzFailure(description: "\(path) cannot be written.") }
            self.file = file
        }

        func note(_ text: String) {
            file.seek(toFileOffset: 0)
            file.write(Data("\(text)          \n".utf8))
        }
    }
}

/// What an input came to that it must not.
package struct FuzzFailure: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

/// How long something may take with one input, however bad it is: generous, because tests share two processors.
package func quickly<Value>(
    _ what: String, within limit: Duration = .seconds(5), _ body: () throws -> Value
) throws -> Value {
    let begun = ContinuousClock.now
    let value = try body()
    let took = begun.duration(to: .now)
    guard took <= limit else { throw FuzzFailure(description: "\(what) took \(took)") }
    return value
}
