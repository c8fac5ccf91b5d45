import Foundation
import Models
import NIOHTTP1
import SystemSupport
import TestSupport
import Testing

/// Secrets of every category, in configurations, parameters, provision fields, business events, results and debug data, of
/// users who sign in, and the keys, are looked for wherever they could leak to.
///
/// Meant to be seen, and excepted: a result's secrets in the answer to whoever asks for that very action, and on its page in
/// the admin area and in its owner's client area; a token and a webhook's secret in the answer that makes it; the keys in
/// their own files; what a simulated third party itself must know to work, in its own `demo/`: the licence keys and domain
/// codes that it gave out, nothing that it was given. No other page shows any: those of products, configurations, clients,
/// users, tokens, lists, searches, the log and dead letters have dots, and forms come back without what was written into
/// secret inputs. Debug data shows neither what was given nor what came back. A dead letter shows the message as it was on
/// the bus: sealed. What webhooks are sent is what a listing shows; their signature is no secret.
@Suite("Secrets outside of their places")
struct CanaryTests {
    @Test(
        "are nowhere: not on the bus, in logs, files, answers, pages, streams, webhooks, metrics or backups")
    func nowhere() async throws {
        let categories = try Self.built()
        #expect(categories.count == Blueprints.all.count, "the adapters of all categories are there")
        let broker = try await TestBroker.launch()
        let capture = try await BusCapture.start(broker)
        try await HTTPReceiver.with { hooks in
            try await HTTPReceiver.serving(CanaryRun.chatter) { vendor in
                try await withSystem(
                    .rabbitMQ, broker: broker,
                    services: Part.allServices.filter { part in
                        part.category.map { name in categories.contains { $0.category == name } } ?? true
                    }, settings: ["PURSER_LOG_LEVEL": "trace"], within: .seconds(550)
                ) { system in
                    let run = CanaryRun(system)
                    let streams = try await Self.streams(of: system) {
                        try await Self.act(run, categories, capture, hooks: hooks, vendor: vendor)
                    }
                    try await Self.finish(run, system)
                    await capture.stop()
                    let spilled = try await run.spill(killing: broker)
                    #expect(
                        spilled.contains("Ended attempt"), "there is something in the files: \(spilled.count)"
                    )
                    try Self.look(run, streams, capture.messages.elements, hooks.requests, system, broker)
                }
            }
        }
        try await broker.remove()
    }

    /// What the streams tell while something is done.
    private static func streams(
        of system: PurserSystem, during operation: @escaping @Sendable () async throws -> Void
    ) async throws -> [Data] {
        let told = Recorder<Data>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for path in ["/v1/events/stream", "/v1/logs/stream"] {
                var stream = try await system.http.stream(path, within: .seconds(500))
                group.addTask {
                    while !Task.isCancelled { told.record(Data(try await stream.next().data.text)) }
                }
            }
            try await operation()
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {} catch is WaitingError {}
        }
        return told.elements
    }

    /// The categories whose adapters have been built.
    private static func built() throws -> [BlueprintDefinition] {
        let folder = try TestRun.executables()
        return Blueprints.all.filter {
            FileManager.default.fileExists(atPath: folder.appending(path: "\($0.category)-adapter").path)
        }
    }

    private static func act(
        _ run: CanaryRun, _ categories: [BlueprintDefinition], _ capture: BusCapture, hooks: HTTPReceiver,
        vendor: HTTPReceiver
    ) async throws {
        let webhook = try await run.call(
            .post, "/v1/webhooks", ["url": .string(hooks.url)]
        ) { Set([$0["secret"]?.stringValue].compactMap(\.self)) }
        run.results.record(try #require(webhook["secret"]?.stringValue))
        run.things.record(.init(kind: "webhooks", id: webhook["id"]?.stringValue ?? ""))
        for blueprint in categories { try await run.run(blueprint) }
        try await run.talk(to: vendor)
        let things = run.things.elements
        let product = try #require(things.first { $0.kind == "contract-products" }).id
        let configuration = try #require(things.first { $0.kind == "configurations" }).id
        try await run.makeMistakes(with: product, configuration)
        let token = try await run.call(.post, "/v1/tokens", ["name": "canary", "role": "admin"]) {
            Set([$0["token"]?.stringValue].compactMap(\.self))
        }
        run.results.record(try #require(token["token"]?.stringValue))
        try await run.refuseAction(of: capture.messages.elements)
        let (unseen, failed) = try await run.readPages()
        #expect(unseen == ["clientOpen"], "every page was shown, but for forms that no provider here answers")
        #expect(failed.isEmpty)
        try await run.readEverything()
        try await hooks.wait(for: 50)
        let succeeded = run.ended.elements.filter { $0.hasSuffix("succeeded") }
        print(
            "Ran \(run.ended.count) functions, of which \(succeeded.count) succeeded; \(run.given.count) secrets given, "
                + "\(run.results.count) in results, \(run.answers.count) answers, \(hooks.count) webhook deliveries."
        )
        #expect(succeeded.count >= 50, "\(run.ended.elements)")
        #expect(run.results.count >= 8 && run.given.count >= 40)
        let revealed = run.answers.elements.filter {
            $0.place.contains("/debug")
                && String(decoding: $0.body, as: UTF8.self).contains(":\(vendor.port)/")
        }
        #expect(revealed.count >= 4, "what was said to a third party and by it, as JSON and as a page")
    }

    /// What is asked for once.
    private static func finish(_ run: CanaryRun, _ system: PurserSystem) async throws {
        let backup = system.folder.appending(path: "backup")
        let made = try await system.purser("backup", backup.path)
        #expect(made.status == 0, "\(made)")
        for part in system.parts {
            let answer = try #require(try await system.health("/metrics", of: part))
            run.answers.record(.init(place: "/metrics of \(part)", body: answer.body, mayShow: []))
        }
    }

    private static func look(
        _ run: CanaryRun, _ streams: [Data], _ messages: [(place: String, body: Data)],
        _ deliveries: [HTTPReceiver.Request], _ system: PurserSystem, _ broker: TestBroker
    ) throws {
        let given = CanaryScan(run.given.elements + (try system.givenSecrets()))
        let results = CanaryScan(run.results.elements)
        let all = CanaryScan(run.given.elements + run.results.elements + (try system.givenSecrets()))
        #expect(streams.count > 100 && messages.count > 500, "there is something to look through")
        var found: [CanaryScan.Finding] = []
        for answer in run.answers.elements {
            found += given.findings(in: answer.body, of: answer.place)
            found += results.findings(in: answer.body, of: answer.place, except: answer.mayShow)
        }
        found += all.findings(in: Data(streams.joined(separator: [10])), of: "streams")
        for (place, bodies) in Dictionary(grouping: messages, by: \.place) {
            found += all.findings(in: Data(bodies.map(\.body).joined(separator: [10])), of: place)
        }
        for delivery in deliveries {
            let headers = delivery.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
            found += all.findings(in: Data("\(headers)\n\(delivery.body)".utf8), of: "a webhook's delivery")
        }
        found += try all.findings(in: system.folder) { $0.hasSuffix(".key") || $0.hasPrefix("data/demo/") }
        found += try given.findings(in: system.dataFolder.appending(path: "demo"))
        found += try all.findings(in: broker.folder, except: TestBroker.keepsSecrets)
        #expect(found.isEmpty, "\(Set(found).map(\.description).sorted().joined(separator: "\n"))")
    }
}
