import Foundation
import Models

/// Measures how long it takes to judge an action's parameters, for the function with the most fields of every category:
///
///     swift run -c release ValidationBenchmark [runs]
///
/// Every field is given and good, so that every rule is looked at. Wanted: less than 50 µs.
@main
enum ValidationBenchmark {
    private static let wantedMicroseconds = 50.0

    static func main() {
        let runs = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 20_000
        print(row("function", "values", ["p50 µs", "p90 µs", "p99 µs", "max µs"]))
        var slowest = 0.0
        for blueprint in Blueprints.all {
            guard
                let function = blueprint.functions.max(by: {
                    SampleValues.count($0.parameters) < SampleValues.count($1.parameters)
                })
            else { continue }
            let parameters = SampleValues.object(for: function.parameters)
            let problems = function.parameters.problems(in: parameters)
            guard problems.isEmpty else {
                fail("the sample for \(blueprint.category)/\(function.name) is not good: \(problems)")
            }
            let times = measure(runs) { function.parameters.problems(in: parameters).count }
            let marks = [0.5, 0.9, 0.99, 1].map { times[min(times.count - 1, Int(Double(times.count) * $0))] }
            slowest = max(slowest, marks[1])
            print(
                row(
                    "\(blueprint.category)/\(function.name)", "\(SampleValues.count(function.parameters))",
                    marks.map { String(format: "%.1f", $0) }))
        }
        guard slowest < wantedMicroseconds else {
            fail("the slowest takes \(slowest) µs in 1 of 10 runs; \(wantedMicroseconds) µs are wanted")
        }
    }

    /// - Returns: the time of each run in µs, shortest first. A tenth is run before and not counted.
    private static func measure(_ runs: Int, _ work: () -> Int) -> [Double] {
        let clock = ContinuousClock()
        var problems = 0
        for _ in 0..<runs / 10 { problems += work() }
        let times = (0..<runs).map { _ in
            let time = clock.measure { problems += work() }
            return time / .microseconds(1)
        }
        guard problems == 0 else { fail("a run found problems that the first did not") }
        return times.sorted()
    }

    private static func row(_ name: String, _ values: String, _ marks: [String]) -> String {
        func right(_ text: String) -> String { String(repeating: " ", count: max(0, 8 - text.count)) + text }
        return name.padding(toLength: 24, withPad: " ", startingAt: 0)
            + ([values] + marks).map(right).joined()
    }

    private static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(1)
    }
}
