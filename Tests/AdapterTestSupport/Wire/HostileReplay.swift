package import AdapterKit
package import Foundation
import Models
package import TestSupport
import Synchronization

/// Runs provider functions against third parties that answer what was recorded, changed at random, and with parameters
/// that the contract lets through and few expect.
package struct HostileReplay: Sendable {
    private let blueprint: BlueprintDefinition
    private let providers: [RegisteredProvider]
    private let cases: [WireCase]

    /// - Parameter folder: holds `<category>/<provider>/*.json`.
    package init(of adapter: any CategoryAdapter.Type, in folder: URL) throws {
        var blueprint = adapter.blueprint
        // Looking again is what other tests are about.
        for index in blueprint.functions.indices { blueprint.functions[index].effect = .idempotent }
        self.blueprint = blueprint
        providers = adapter.providers
        cases = try WireFixtures(
            folder: folder, category: adapter.category,
            providers: adapter.providers.map(\.descriptor.provider), environment: [:]
        ).cases
    }

    /// Runs a case picked at random.
    ///
    /// - Throws: `FuzzFailure` where it came to something that it must not.
    package func run(using generator: inout SeededGenerator) async throws {
        guard let wireCase = cases.randomElement(using: &generator),
            let function = blueprint.function(wireCase.function)
        else { return }
        let folder = try TemporaryFolder()
        let bench = AttemptBench(
            blueprint: blueprint, providers: providers,
            network: HostileTransport(wireCase, seed: generator.next()),
            frames: HostileFrameTransport(wireCase, seed: generator.next()), dataFolder: folder.path)
        let action = bench.action(
            wireCase.function, provider: wireCase.provider, settings: wireCase.configuration,
            parameters: parameters(of: wireCase, function, using: &generator))
        let outcome = await bench.runner.run(action, isRedelivered: false, traceparent: nil)
        await bench.sessions.shutDown()
        try check(outcome, of: wireCase)
    }

    private func check(_ outcome: ActionOutcome, of wireCase: WireCase) throws {
        guard outcome.outcome == .failed || outcome.error == nil || outcome.outcome == .unsure else {
            throw FuzzFailure(description: "\(wireCase): \(outcome)")
        }
        let waits = [outcome.retryAfterSeconds, outcome.pollAfterSeconds].compactMap { $0 }
        guard waits.allSatisfy({ (0...HTTPResponse.longestRetryAfterSeconds * 10).contains($0) }) else {
            throw FuzzFailure(description: "\(wireCase): it is to wait for \(waits) s")
        }
        guard Envelope(source: "/test", data: outcome).encoded().count < 16 << 20 else {
            throw FuzzFailure(description: "\(wireCase): the outcome grew")
        }
    }

    /// The recorded parameters, half of the time with some of them replaced by others that the contract takes.
    private func parameters(
        of wireCase: WireCase, _ function: FunctionDefinition, using generator: inout SeededGenerator
    ) -> [String: JSONValue] {
        let recorded = function.parameters.readingNumbers(in: wireCase.parameters)
        guard Bool.random(using: &generator) else { return recorded }
        var changed = recorded
        for field in function.parameters where Int.random(in: 0..<4, using: &generator) == 0 {
            changed[field.name] = JSONValue.bad(using: &generator)
        }
        let problems = function.parameters.problems(in: changed)
        for problem in problems {
            let name = String(problem.pointer.dropFirst().prefix { $0 != "/" })
            changed[name] = recorded[name]
        }
        return function.parameters.problems(in: changed).isEmpty ? changed : recorded
    }
}

/// An answer that was recorded, changed.
private struct HostileAnswer {
    /// Changed two times out of three.
    static func body(_ recorded: [UInt8], _ others: [[UInt8]], using generator: inout SeededGenerator)
        -> [UInt8]
    {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0, 1: return recorded
        case 2: return Mutator.xml.mutate(recorded, with: others, using: &generator)
        case 3: return Mutator.json.mutate(recorded, with: others, using: &generator)
        default:
            guard let value = try? JSONText.parse(Data(recorded)) else {
                return numbersReplaced(in: recorded, using: &generator)
            }
            return value.mutated(using: &generator).text
        }
    }

    private static let numbers = [
        "9223372036854775807", "-9223372036854775808", "1e300", "-1", "99999999999999999999", "0", "NaN",
        "1.5", "",
        "4294967296", "9999-12-31T23:59:59Z", "0000-00-00",
    ]

    /// What is no JSON, with one of its numbers replaced.
    private static func numbersReplaced(in bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8]
    {
        let isDigit: (UInt8) -> Bool = { (48...57).contains($0) }
        let starts = bytes.indices.filter { isDigit(bytes[$0]) && ($0 == 0 || !isDigit(bytes[$0 - 1])) }
        guard let start = starts.randomElement(using: &generator) else { return bytes }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        let number = Array((numbers.randomElement(using: &generator) ?? "").utf8)
        return Array(bytes[..<start]) + number + Array(bytes[end...])
    }
}

/// Answers each request with the recorded answer that is next, changed.
private final class HostileTransport: HTTPTransport {
    private let answers: [HTTPResponse]
    private let state: Mutex<(generator: SeededGenerator, count: Int)>

    init(_ wireCase: WireCase, seed: UInt64) {
        answers = wireCase.exchanges.compactMap { exchange in
            if case .response(let response) = exchange.answer { response } else { nil }
        }
        state = Mutex((SeededGenerator(seed: seed), 0))
    }

    func send(_ request: HTTPRequest) async throws(ProviderError) -> HTTPResponse {
        // Made as it would be sent.
        _ = (request.target, request.bodyText)
        let answers = answers
        var response = state.withLock { state -> HTTPResponse in
            var response = answers.isEmpty ? HTTPResponse(status: 200) : answers[state.count % answers.count]
            state.count += 1
            response.body = Data(
                HostileAnswer.body(
                    Array(response.body), answers.map { Array($0.body) }, using: &state.generator))
            if Int.random(in: 0..<8, using: &state.generator) == 0 {
                response.status = Self.statuses.randomElement(using: &state.generator) ?? 0
                response.headers.append(.init("Retry-After", "9223372036854775807"))
                response.headers.append(.init("Location", "file:///etc/passwd"))
            }
            return response
        }
        response.answersChange = request.isChanging
        return response
    }

    private static let statuses = [200, 201, 204, 301, 400, 401, 404, 409, 418, 429, 500, 503, 999, 0, -1]
}

/// Greets as recorded, and answers each frame with the recorded answer that is next, changed.
private final class HostileFrameTransport: FrameTransport {
    private let greeting: [UInt8]
    private let answers: [String]
    private let state: Mutex<(generator: SeededGenerator, count: Int)>

    init(_ wireCase: WireCase, seed: UInt64) {
        let frames = wireCase.frames(ignoring: [])
        greeting = Array((frames.first { $0.meaning == nil }?.answer ?? "").utf8)
        answers = frames.filter { $0.meaning != nil }.compactMap(\.answer)
        state = Mutex((SeededGenerator(seed: seed), 0))
    }

    func connect(to endpoint: FrameEndpoint) async throws(ProviderError) -> any FrameConnection {
        let greeting = greeting
        let first = state.withLock { state in
            Int.random(in: 0..<8, using: &state.generator) == 0
                ? HostileAnswer.body(greeting, [], using: &state.generator) : greeting
        }
        return AnsweringFrameConnection(host: endpoint.host, greeting: Data(first)) { self.answer($0) }
    }

    private func answer(_ frame: Data) -> Data {
        let sent = FrameMeaning(frame, ignored: [])
        let answers = answers
        return state.withLock { state in
            let recorded = answers.isEmpty ? "" : answers[state.count % answers.count]
            state.count += 1
            // Of logins most are let through, so that there is more to see.
            if sent?.verb == "login", Int.random(in: 0..<8, using: &state.generator) != 0 {
                return Data(recorded.named(sent?.transactionID ?? "").utf8)
            }
            return Data(
                HostileAnswer.body(
                    Array(recorded.named(sent?.transactionID ?? "").utf8), answers.map { Array($0.utf8) },
                    using: &state.generator))
        }
    }
}
