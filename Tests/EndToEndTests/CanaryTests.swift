import Foundation
import Models
import ServiceRuntime
import SystemSupport
import TestSupport
import Testing

/// Secrets of every category, in configurations, parameters, provision fields, business events and results, are looked for
/// wherever they could leak to.
///
/// Meant to be seen, and excepted: a result's secrets in the answer to whoever asks for that very action; a token and a
/// webhook's secret in the answer that makes it; the keys in their own files; what a simulated third party itself must
/// know to work, in its own `demo/`: the licence keys and domain codes that it gave out, nothing that it was given.
@Suite("Secrets outside of their places")
struct CanaryTests {
    @Test("are nowhere: not on the bus, in logs, files, answers, streams, metrics or backups")
    func nowhere() async throws {
        let categories = try Self.built()
        #expect(categories.count == Blueprints.all.count, "the adapters of all categories are there")
        let broker = try await TestBroker.launch()
        let capture = try await BusCapture.start(broker)
        try await withSystem(
            .rabbitMQ, broker: broker,
            services: Part.allServices.filter { part in
                part.category.map { name in categories.contains { $0.category == name } } ?? true
            }, settings: ["PURSER_LOG_LEVEL": "trace"],
            within: .seconds(500)
        ) { system in
            let run = CanaryRun(system)
            let streams = Recorder<Data>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for path in ["/v1/events/stream", "/v1/logs/stream"] {
                    var stream = try await system.http.stream(path, within: .seconds(500))
                    group.addTask {
                        while !Task.isCancelled { streams.record(Data(try await stream.next().data.text)) }
                    }
                }
                try await Self.act(run, categories)
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {} catch is WaitingError {}
            }
            let backup = system.folder.appending(path: "backup")
            let made = try await system.purser("backup", backup.path)
            #expect(made.status == 0, "\(made)")
            for part in system.parts {
                let answer = try #require(try await system.health("/metrics", of: part))
                run.answers.record(.init(place: "/metrics of \(part)", body: answer.body, mayShow: []))
            }
            try Self.look(run, streams: streams.elements, capture.messages.elements, system, broker.folder)
        }
        await capture.stop()
        try await broker.remove()
    }

    /// The categories whose adapters have been built.
    private static func built() throws -> [BlueprintDefinition] {
        let folder = try TestRun.executables()
        return Blueprints.all.filter {
            FileManager.default.fileExists(atPath: folder.appending(path: "\($0.category)-adapter").path)
        }
    }

    private static func act(_ run: CanaryRun, _ categories: [BlueprintDefinition]) async throws {
        let webhook = try await run.call(
            .post, "/v1/webhooks", ["url": "http://127.0.0.1:9/"]
        ) { Set([$0["secret"]?.stringValue].compactMap(\.self)) }
        run.results.record(try #require(webhook["secret"]?.stringValue))
        run.ids.record(("webhooks", webhook["id"]?.stringValue ?? ""))
        for blueprint in categories { try await run.run(blueprint) }
        let ids = run.ids.elements
        let product = try #require(ids.first { $0.path == "contract-products" }).id
        let configuration = try #require(ids.first { $0.path == "configurations" }).id
        try await run.makeMistakes(with: product, configuration)
        let token = try await run.call(.post, "/v1/tokens", ["name": "canary", "role": "admin"]) {
            Set([$0["token"]?.stringValue].compactMap(\.self))
        }
        run.results.record(try #require(token["token"]?.stringValue))
        try await run.readEverything()
        let succeeded = run.ended.elements.filter { $0.hasSuffix("succeeded") }
        print(
            "Ran \(run.ended.count) functions, of which \(succeeded.count) succeeded; \(run.given.count) secrets given, "
                + "\(run.results.count) in results, \(run.answers.count) answers.")
        #expect(succeeded.count >= 50, "\(run.ended.elements)")
        #expect(run.results.count >= 8 && run.given.count >= 40)
    }

    private static func look(
        _ run: CanaryRun, streams: [Data], _ messages: [(place: String, body: Data)], _ system: PurserSystem,
        _ broker: URL
    ) throws {
        let master = system.master
        let keys =
            [master.text, master.derived(for: .storage).text, master.derived(for: .gateway).text]
            + Blueprints.all.map { master.derived(for: .category($0.category)).text }
        let given = CanaryScan(run.given.elements + [PurserSystem.adminToken] + keys)
        let all = CanaryScan(
            run.given.elements + run.results.elements + [PurserSystem.adminToken] + keys)
        #expect(streams.count > 100 && messages.count > 500, "there is something to look through")
        var found: [CanaryScan.Finding] = []
        for answer in run.answers.elements {
            found += given.findings(in: answer.body, of: answer.place)
            let hidden = Set(run.results.elements).subtracting(answer.mayShow)
            found += CanaryScan(hidden).findings(in: answer.body, of: answer.place)
        }
        found += all.findings(in: Data(streams.joined(separator: [10])), of: "streams")
        // One after the other would take each pattern's own time for each of them.
        for (place, bodies) in Dictionary(grouping: messages, by: \.place) {
            found += all.findings(in: Data(bodies.map(\.body).joined(separator: [10])), of: place)
        }
        found += try all.findings(in: system.folder) {
            $0.hasSuffix(".key") || $0.hasPrefix("data/demo/")
        }
        found += try given.findings(in: system.dataFolder.appending(path: "demo"))
        found += try all.findings(in: broker) { $0 == ".erlang.cookie" }
        #expect(found.isEmpty, "\(Set(found).map(\.description).sorted().joined(separator: "\n"))")
    }
}
