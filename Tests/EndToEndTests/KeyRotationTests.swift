import Foundation
import GRDB
import Models
import ServiceRuntime
import Synchronization
import SystemSupport
import TestSupport
import Testing

@Suite("Keys that are changed while actions run")
struct KeyRotationTests {
    /// How many sealed records there are besides those of the load: enough for a kill in the middle.
    private static let records = 8_000
    /// How many callers run actions meanwhile.
    private static let callers = 4

    @Test(
        "No action fails, everything stored is sealed anew also after a crash, and the old keys can be removed",
        arguments: PurserSystem.Form.allCases)
    func rotation(_ form: PurserSystem.Form) async throws {
        try await withSystem(form, within: .seconds(400)) { system in
            let before = try await system.makeProduct()
            let created = try await system.run("create", PurserSystem.account, on: before)
            try #require(created.state == "succeeded", "\(created)")
            try Self.fill(system)
            let old = system.master
            let hosting = SealingRecipient.category("hosting")
            let load = try await Load(on: system, callers: Self.callers)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<Self.callers { group.addTask { try await load.call(number) } }
                try await load.accepted.wait(for: 20)

                let master = try await Self.rotate(system)
                let early = try await system.purser("keys", "retire", old.id)
                #expect(early.status == 1 && early.text.contains("still needed"), "\(early)")
                try await Self.killWhileRewrapping(system, old.derived(for: .storage).id)
                try await system.ready()
                let category = try await Self.rotate(system, "--category", "hosting")

                let ring = try MasterKeyRing(text: String(contentsOf: system.masterKeyFile, encoding: .utf8))
                #expect(ring.keys.map(\.id) == [master, old.id] && ring.next == nil)
                #expect(ring.generations == ["hosting": [2, 1]])
                #expect(category == ring.keys[0].derived(for: hosting, generation: 2).id)
                let retired = [old.id, ring.keys[0].derived(for: hosting).id]
                for id in retired { try await Self.retire(id, system) }
                #expect(
                    try String(contentsOf: system.masterKeyFile, encoding: .utf8)
                        == "\(ring.keys[0].text)\nhosting 2\n")
                try await load.accepted.wait(for: load.accepted.elements.count + 20)
                load.stop()
                try await group.waitForAll()
            }
            print("Ran \(load.accepted.elements.count) actions while keys were changed (\(form)).")
            for id in load.accepted.elements {
                let action = try await system.ended(id)
                #expect(action.state == "succeeded", "\(action)")
            }
            try Self.expectNothing(sealedWith: old, in: system)

            for part in system.form.parts.reversed() {
                _ = try await system.terminate(part, within: .seconds(60))
            }
            try system.start()
            try await system.ready()
            for function in ["getInfo", "suspend", "unsuspend"] {
                #expect(try await system.run(function, on: before).state == "succeeded")
            }
        }
    }

    // MARK: Steps

    /// - Returns: the new key's id.
    private static func rotate(_ system: PurserSystem, _ arguments: String...) async throws -> String {
        let done = try await system.purser(["keys", "rotate"] + arguments)
        try #require(done.status == 0, "\(done)")
        let id = done.text.split(separator: "\n").map(String.init).last { $0.count == 8 }
        return try #require(id, "\(done)")
    }

    /// Kills whoever seals the stored records anew when a part of them is done, and starts it again.
    private static func killWhileRewrapping(_ system: PurserSystem, _ id: String) async throws {
        let database = try open(system)
        var left = 0
        try await eventually(
            within: .seconds(60), every: .milliseconds(5),
            "a part of the records sealed anew; \(left) are not"
        ) {
            left = try await database.read { try Self.count(of: id, in: "business_events", "data", $0) }
            return left < Self.records
        }
        let part: Part = system.form == .embedded ? .everything : .orchestrator
        try await system.kill(part)
        left = try await database.read { try Self.count(of: id, in: "business_events", "data", $0) }
        print("Killed with \(left) of \(Self.records) records still to be sealed anew.")
        #expect(left > 0, "the kill came too late to be in the middle")
        try system.start([part])
    }

    /// Waits until nothing needs a key, and removes it.
    private static func retire(_ id: String, _ system: PurserSystem) async throws {
        var needs: [JSONValue]?
        try await eventually(
            within: .seconds(120), every: .milliseconds(500),
            "no need for \(id); there is \(String(describing: needs))"
        ) {
            let status = try await system.http.call(.get, "/v1/keys", within: .seconds(15))
            needs = status["keys"]?.arrayValue?.first { $0["id"] == .string(id) }?["needed_by"]?.arrayValue
            return needs == []
        }
        let done = try await system.purser("keys", "retire", id)
        #expect(done.status == 0, "\(done)")
    }

    // MARK: Stored records

    private static func open(_ system: PurserSystem) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(
            path: system.dataFolder.appending(path: "orchestrator/purser.sqlite").path,
            configuration: configuration)
    }

    /// Business events of long ago, with a secret each.
    private static func fill(_ system: PurserSystem) throws {
        let sealer = Sealer(system.master.derived(for: .storage))
        try open(system).write { database in
            for number in 1...records {
                let id = "old-\(number)"
                let sealed = try sealer.seal("secret", context: "event/\(id)/data/password")
                try database.execute(
                    sql: """
                        INSERT INTO business_events (number, id, type, product_id, data, fingerprint, actions, not_done,
                            cancelled, requested_by, received_at)
                        VALUES (?, ?, 'product.paid', 'prd_x', ?, '', '[]', '[]', '[]', 'test', 0)
                        """, arguments: [number, id, #"{"password":"\#(sealed)"}"#])
            }
        }
    }

    private static func count(of id: String, in table: String, _ column: String, _ database: Database) throws
        -> Int
    {
        try Int.fetchOne(
            database, sql: "SELECT count(*) FROM \(table) WHERE instr(CAST(\(column) AS TEXT), ?)",
            arguments: [Sealer.prefix(ofKey: id)]) ?? 0
    }

    /// No column of any table has anything that was sealed with a key derived from this one.
    private static func expectNothing(sealedWith master: MasterKey, in system: PurserSystem) throws {
        let ids = [SealingRecipient.storage, .gateway, .category("hosting"), .category("auto-login")].map {
            master.derived(for: $0).id
        }
        try open(system).read { database in
            let tables = try String.fetchAll(
                database,
                sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            for table in tables {
                for column in try database.columns(in: table) {
                    for id in ids {
                        #expect(
                            try count(of: id, in: table, column.name, database) == 0,
                            "\(table).\(column.name)")
                    }
                }
            }
            #expect(
                try count(of: ids[0], in: "business_events", "data", database) == 0)
            #expect(
                try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM business_events WHERE instr(data, 'sealed:v1:')")
                    ?? 0 >= records)
        }
    }
}

/// Callers that each run actions with secrets on a product of their own, one after the other.
private final class Load: Sendable {
    /// The actions that were accepted.
    let accepted = Recorder<String>()
    private let system: PurserSystem
    private let products: [TestProduct]
    private let isStopped = Atomic(false)

    init(on system: PurserSystem, callers: Int) async throws {
        self.system = system
        let client = try await system.makeClient()
        let configuration = try await system.makeConfiguration(["api_token": "tok-1", "latency_ms": 20])
        var products: [TestProduct] = []
        for number in 0..<callers {
            let product = try await system.makeProduct(client: client, configuration: configuration)
            let wanted: JSONValue = [
                "email": "jane@example.com", "package_name": "gold",
                "domain": .string("load\(number).example.com"),
            ]
            let created = try await system.run("create", wanted, on: product)
            try #require(created.state == "succeeded", "\(created)")
            products.append(product)
        }
        self.products = products
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    func call(_ number: Int) async throws {
        let functions: [(String, JSONValue)] = [
            ("changePassword", ["password": "N3w-secret"]), ("getLoginUrl", ["user_ip": "192.0.2.1"]),
            ("suspend", ["reason": "unpaid"]), ("unsuspend", [:]),
        ]
        for (function, parameters) in repeatElement(functions, count: .max).lazy.joined() {
            if isStopped.load(ordering: .relaxed) { return }
            let id = try await system.submitUntilAccepted(
                function, parameters, on: products[number], within: .seconds(120))
            accepted.record(id)
            _ = try await system.action(
                id, in: "succeeded", "failed", "unsure", "cancelled", within: .seconds(120))
        }
    }
}
