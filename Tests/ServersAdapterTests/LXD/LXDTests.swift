import AdapterKit
import AdapterTestSupport
import Foundation
import Models
import TestSupport
import Testing

@testable import ServersAdapter

/// The whole life of a server on a real LXD daemon.
@Suite("LXD", .serialized)
struct LXDTests {
    @Test("A server lives on a real daemon from building to removal")
    func life() async throws {
        if let obstacle = LXDServer.obstacle {
            print("LXD was not tried: \(obstacle).")
            return
        }
        try await LXDServer.with { server in
            try await LXDCloud.with(server.settings, Self.live)
        }
    }

    private static func live(on cloud: LXDCloud) async throws {
        let create = cloud.action("create", wanted)
        let built = try await cloud.end(of: create)
        #expect(built["instance_id"] == "web-example-com")
        #expect(built["state"] == "running")
        #expect(built["label"] == "web.example.com")
        #expect(built["memory_mb"] == 64)

        // A second delivery finds what the first built; another action does not get it.
        var repeated = create
        repeated.possibleDuplicate = true
        let again = await cloud.run(repeated)
        #expect(again.outcome == .succeeded && again.observed)
        let other = try await cloud.ended(cloud.action("create", wanted))
        #expect(other.outcome == .failed && other.error?.kind == .alreadyExists, "\(other)")

        #expect(try await cloud.succeed("getInfo")["image"] == "busybox")
        let suspended = try await cloud.succeed("suspend")
        #expect(suspended["suspended"] == true && suspended["state"] == "stopped")
        #expect(await cloud.run(cloud.action("powerOn")).error?.kind == .rejected)
        let active = try await cloud.succeed("unsuspend")
        #expect(active["suspended"] == false && active["state"] == "running")
        #expect(try await cloud.succeed("resize", ["memory_mb": 96, "cpu_cores": 1])["memory_mb"] == 96)
        #expect(try await cloud.succeed("reboot")["state"] == "running")
        #expect(try await cloud.succeed("shutdown")["state"] == "stopped")
        #expect(try await cloud.succeed("powerOn")["state"] == "running")

        var terminate = cloud.action("terminate")
        #expect(await cloud.run(terminate).outcome == .succeeded)
        terminate.possibleDuplicate = true
        #expect(await cloud.run(terminate).observed)
        #expect(await cloud.run(cloud.action("getInfo")).error?.kind == .notFound)

        let unknown = try await cloud.ended(
            cloud.action("create", wanted.merging(["image": "nothing"]) { $1 }))
        #expect(unknown.error?.kind == .invalidInput)
    }

    private static let wanted: [String: JSONValue] = [
        "label": "web.example.com", "location": "here", "image": "busybox", "memory_mb": 64, "cpu_cores": 1,
        "disk_mb": 64, "email": "jane@example.com",
    ]

    @Test(
        "A name is made of what LXD takes",
        arguments: [
            ("web.example.com", "web-example-com"), ("9lives", "s9lives"), ("--a--", "a"), ("Ä_b", "b"),
            (String(repeating: "a", count: 62) + ".b", String(repeating: "a", count: 62)),
        ])
    func name(label: String, name: String) {
        #expect(LXDProvider.name(from: label) == name)
    }

    @Test(
        "Amounts of bytes are read with their units",
        arguments: [
            ("512MiB", 512), ("1GiB", 1_024), ("1048576", 1), ("2GB", 1_907), ("50%", nil), ("", nil),
        ]
            as [(String, Int?)])
    func megabytes(text: String, megabytes: Int?) {
        #expect(LXDInstance.megabytes(text) == megabytes)
    }
}

/// A way to run actions on one LXD server.
private struct LXDCloud: Sendable {
    private let bench: AttemptBench
    private let folder: TemporaryFolder
    private let settings: [String: JSONValue]

    static func with(
        _ settings: [String: JSONValue], _ operation: (LXDCloud) async throws -> Void
    ) async throws {
        let network = HTTPClientTransport(.loopback)
        do {
            try await operation(try LXDCloud(settings, network))
        } catch {
            try await network.shutdown()
            throw error
        }
        try await network.shutdown()
    }

    private init(_ settings: [String: JSONValue], _ network: HTTPClientTransport) throws {
        self.settings = settings
        folder = try TemporaryFolder()
        bench = AttemptBench(
            blueprint: Servers.blueprint, providers: ServersAdapter.providers, network: network,
            dataFolder: folder.path)
    }

    func action(_ function: String, _ parameters: [String: JSONValue] = [:]) -> ExecuteAction {
        let server: [String: JSONValue] = function == "create" ? [:] : ["instance_id": "web-example-com"]
        return bench.action(
            function, provider: "lxd", settings: settings, parameters: server.merging(parameters) { $1 })
    }

    func run(_ action: ExecuteAction) async -> ActionOutcome {
        await bench.runner.run(action, isRedelivered: false, traceparent: nil)
    }

    /// Runs an action and polls it for as long as it is deferred.
    func ended(_ action: ExecuteAction) async throws -> ActionOutcome {
        var action = action
        for _ in 0..<60 {
            let outcome = await run(action)
            guard outcome.outcome == .deferred else { return outcome }
            action.deferredReference = outcome.deferredReference
            action.attempt += 1
        }
        throw WaitingError(description: "\(action.function) did not end.")
    }

    func end(of action: ExecuteAction) async throws -> [String: JSONValue] {
        let outcome = try await ended(action)
        guard outcome.outcome == .succeeded, let result = outcome.result else {
            throw WaitingError(description: "\(outcome)")
        }
        return result
    }

    func succeed(
        _ function: String, _ parameters: [String: JSONValue] = [:]
    ) async throws -> [String: JSONValue] {
        try await end(of: action(function, parameters))
    }
}
