import AMQP
import Bus
import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

/// What others' tools say of what a running system gives out.
@Suite("Others' tools", .leavingNoSecrets)
struct OthersToolsTests {
    /// Runs a program to its end.
    private static func run(
        _ program: String, _ arguments: [String], input: Data = Data()
    ) throws -> (status: Int32, text: String) {
        let folder = try TemporaryFolder()
        let (inputFile, outputFile) = (folder.url.appending(path: "in"), folder.url.appending(path: "out"))
        try input.write(to: inputFile)
        try Data().write(to: outputFile)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = TestRun.package
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        let output = try FileHandle(forWritingTo: outputFile)
        (process.standardOutput, process.standardError) = (output, output)
        try process.runTakingSignals()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: outputFile, encoding: .utf8))
    }

    @Test("promtool finds nothing wrong with any service's metrics", arguments: PurserSystem.Form.allCases)
    func metrics(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let product = try await system.makeProduct()
        #expect(try await system.run("create", PurserSystem.account, on: product).state == "succeeded")
        _ = try await system.http.call(.get, "/v1/nothing")
        for part in system.parts {
            let answer = try #require(try await system.health("/metrics", of: part), "\(part)")
            #expect(answer.status == 200)
            #expect(answer.body.count > 100, "\(part)")
            let result = try Self.run("/usr/bin/promtool", ["check", "metrics"], input: answer.body)
            #expect(result.status == 0, "\(part): \(result.text)")
        }
    }

    @Test("What is on the bus is CloudEvents, and is what the AsyncAPI document says")
    func envelopes() async throws {
        let system = try await PurserSystem.shared(.rabbitMQ)
        let folder = try TemporaryFolder()
        let document = folder.url.appending(path: "asyncapi.json")
        try await system.http.call(.get, "/asyncapi.json").body.write(to: document)
        let captured = Recorder<BusMessage>()
        let connection = try await Self.capture(of: system, in: captured)
        let product = try await system.makeProduct()
        for function in ["create", "getInfo", "suspend", "terminate"] {
            let parameters = function == "create" ? PurserSystem.account : [:]
            #expect(try await system.run(function, parameters, on: product).state == "succeeded")
        }
        let wanted: Set = [
            ExecuteAction.messageType, ActionOutcome.messageType, ActionChanged.messageType,
            ProductChanged.messageType, AdapterAnnounced.messageType, LogEntries.messageType,
            LogCommitted.messageType, SubmitAction.messageType, CreateClient.messageType,
            BeginAttempt.messageType,
        ]
        try await eventually(within: .seconds(60), "messages of every kind") {
            wanted.isSubset(of: captured.elements.map(\.type))
        }
        await connection.close()
        var files: [String] = []
        for (index, message) in captured.elements.prefix(500).enumerated() {
            let file = folder.url.appending(path: "\(index)-\(message.type).json")
            try message.body.write(to: file)
            files.append(file.path)
        }
        let result = try Self.run(
            TestRun.package.appending(path: "Tests/Hostile/run").path,
            ["python", "Tests/Hostile/documents.py", "envelopes", document.path] + files)
        #expect(result.status == 0, "\(result.text)")
    }

    /// Takes a copy of everything that is published from now on, but for replies.
    private static func capture(
        of system: PurserSystem, in captured: Recorder<BusMessage>
    ) async throws -> AMQPConnection {
        let connection = try await AMQPConnection.open(try AMQPEndpoint(url: system.bus), name: "capture")
        let channel = try await connection.openChannel()
        let queue = try await connection.declareQueue(
            AMQPQueueDeclaration(name: "", isDurable: false, isExclusive: true), on: channel)
        let categories = system.parts.compactMap(\.category)
        let routes =
            [
                Queue.orchestratorRequests.route, Queue.logRequests.route, Queue.outcomes.route,
                Queue.logs.route,
                Route(exchange: .events, routingKey: "#"),
            ]
            + categories.flatMap {
                [Queue.actions(category: $0).route, Queue.adapterRequests(category: $0).route]
            }
        for route in routes {
            try await connection.bind(
                queue, to: route.exchange.name, routingKey: route.routingKey, on: channel)
        }
        let consumer = AMQPConsumer(queue: queue, prefetch: nil) { delivery in
            let message = delivery.message
            captured.record(BusMessage(id: message.id, type: message.type, body: message.body))
        } onEnd: { _ in
        }
        try await connection.consume(consumer, on: channel)
        return connection
    }
}
