import Foundation
import GRDB
import Models
import Orchestrator
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

/// Keys that are changed while the orchestrator runs.
@Suite struct KeyTests {
    private let folder: TemporaryFolder
    private let old = MasterKey()
    private let new = MasterKey()

    init() throws {
        folder = try TemporaryFolder()
        try write(MasterKeyRing(old))
    }

    private var file: String { folder.path + "/master.key" }

    private func write(_ ring: MasterKeyRing) throws {
        try ring.text.write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// Changes the keys' file and has it looked at at once.
    private func change(_ ring: MasterKeyRing, _ harness: OrchestratorHarness) async throws {
        try write(ring)
        #expect(harness.parts.secrets.storage.key("none") == nil)
        try await harness.parts.keyRotation.round()
    }

    private func run(
        of blueprint: BlueprintDefinition = Hosting.blueprint,
        adapter: @escaping OrchestratorHarness.Adapter = { _ in nil },
        body: @Sendable (OrchestratorHarness) async throws -> Void
    ) async throws {
        let path = file
        try await OrchestratorHarness.run(
            of: blueprint, configure: { $0.masterKeyFile = path }, adapter: adapter, body: body)
    }

    /// Every text column of every table that has something sealed with one of these keys.
    private static func places(
        of ids: [String], in harness: OrchestratorHarness
    ) async throws -> Set<String> {
        try await harness.parts.store.read { transaction in
            var places: Set<String> = []
            let tables = try String.fetchAll(
                transaction.database,
                sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            for table in tables {
                for column in try transaction.database.columns(in: table) {
                    for id in ids {
                        let count = try Int.fetchOne(
                            transaction.database,
                            sql: "SELECT count(*) FROM \(table) WHERE instr(CAST(\(column.name) AS TEXT), ?)",
                            arguments: ["sealed:v1:\(id):"])
                        if count ?? 0 > 0 { places.insert("\(table).\(column.name)") }
                    }
                }
            }
            return places
        }
    }

    private static func status(_ harness: OrchestratorHarness) async throws -> KeyStatus {
        try await harness.parts.keys.show(
            ShowKeys(gatewayKeys: harness.parts.secrets.gateway.keyIDs))
    }

    private static func announce(_ keys: [String], to harness: OrchestratorHarness) {
        let announcement = AdapterAnnounced(
            instance: "scripted-1", category: harness.category, providers: [], leaving: false, keys: keys)
        _ = harness.parts.catalogue.note(announcement, now: harness.clock.now)
    }

    // MARK: Rewrapping

    /// Makes something of everything that keeps a secret.
    private static func fill(_ harness: OrchestratorHarness) async throws -> ContractProductID {
        let product = try await harness.product()
        let created = try await harness.submit("create", on: product).action
        _ = try await harness.wait(for: created.id, .succeeded)
        _ = try await harness.parts.webhooks.create(CreateWebhook(url: "https://hooks.example.com/"))
        let sealed = try harness.parts.secrets.gateway.seal(
            "EV-CANARY", context: "event/e-1/data/license_key")
        let told = try await harness.parts.businessEvents.submit(
            SubmitBusinessEvent(
                id: "e-1", type: .productOverdue, contractProductID: product,
                data: ["license_key": .string(sealed)], fingerprint: "f", requestedBy: "test"),
            traceparent: nil)
        for action in told.actions { _ = try await harness.wait(for: action, .succeeded) }
        return product
    }

    @Test func `Everything stored is sealed anew, opens as before, and needs the old key no more`()
        async throws
    {
        let keys = SecretKeeper(master: old)
        try await run(of: Licenses.blueprint) { attempt in
            let sealed = try? keys.category("licenses").seal(
                "K-CANARY", context: "\(attempt.actionID)/result/license_key")
            return ActionOutcome(
                attempt, .succeeded,
                result: attempt.function == "create" ? ["license_key": .string(sealed ?? "")] : [:])
        } body: { harness in
            let product = try await Self.fill(harness)
            let oldID = old.derived(for: .storage).id
            let places = try await Self.places(of: [oldID], in: harness)
            #expect(
                places.isSuperset(of: [
                    "configurations.settings", "products.provision_fields", "actions.parameters",
                    "actions.result", "webhooks.secrets", "business_events.data", "sealing_keys.sealed",
                ]), "\(places)")

            try await change(try MasterKeyRing(keys: [old], next: new), harness)
            #expect(harness.parts.secrets.storage.current.id == oldID)
            try await change(try MasterKeyRing(keys: [new, old]), harness)
            #expect(try await Self.places(of: [oldID], in: harness) == [])
            var status = try await Self.status(harness)
            #expect(status.rewrapping && status.rewrapped >= 7)
            #expect(status.keys.map(\.id).prefix(2) == [new.id, old.id])
            #expect(status.keys[1].neededBy.contains { $0.hasPrefix("Stored records") })

            harness.clock.advance(by: KeyRotation.settling)
            try await harness.parts.keyRotation.round()
            Self.announce(harness.parts.secrets.category("licenses").keyIDs, to: harness)
            status = try await Self.status(harness)
            #expect(!status.rewrapping)
            #expect(status.keys[1].neededBy == [], "\(status.keys[1].neededBy)")

            // Nothing is left that needs it.
            try await change(MasterKeyRing(new), harness)
            let action = try await harness.submit("suspend", on: product).action
            let done = try await harness.wait(for: action.id, .succeeded)
            #expect(done.state == .succeeded)
            let sent = try #require(harness.executions.withLock { $0.last })
            let category = SecretKeeper(master: new).category("licenses")
            #expect(
                try category.open(
                    try #require(sent.parameters["license_key"]?.stringValue),
                    context: "\(action.id)/parameters/license_key") == "K-CANARY")
            #expect(
                try category.open(
                    try #require(sent.configuration.settings["api_token"]?.stringValue),
                    context: "\(sent.configuration.id)/settings/api_token") == "tok-CANARY-1")
        }
    }

    @Test func `What only looks sealed stays as it is, and keeps no key from being retired`() async throws {
        try await run { harness in
            let text = "sealed:v1:\(old.derived(for: .storage).id):AAAA"
            let product = try await harness.product(["note": .string(text)])
            try await change(try MasterKeyRing(keys: [new, old]), harness)
            harness.clock.advance(by: KeyRotation.settling)
            try await harness.parts.keyRotation.round()
            #expect(try await Self.status(harness).rewrapping == false)
            let shown = try await harness.parts.store.read { try $0.product(product) }
            #expect(shown?.provisionFields["note"] == .string(text))
        }
    }

    @Test func `Sealing anew goes on where it was interrupted`() async throws {
        try await run { harness in
            let storage = harness.parts.secrets.storage
            var last: [ContractProductID] = []
            for number in 0..<250 {
                let id = try await harness.product()
                try await harness.parts.store.write { transaction in
                    guard var product = try transaction.product(id) else { return }
                    product.provisionFields["secret"] = .string(
                        try storage.seal(.integer(number), context: "\(id)/fields/secret"))
                    try transaction.update(product)
                }
                last.append(id)
            }
            let oldID = storage.current.id
            // As if it had been interrupted behind the 200th: those before are not looked at again in this pass.
            let newID = new.derived(for: .storage).id
            let position = last.map(\.rawValue).sorted()[199]
            try await harness.parts.store.write { transaction in
                try transaction.database.execute(
                    sql: "INSERT INTO rewraps VALUES ('products.provision_fields', ?, ?)",
                    arguments: [newID, position])
            }
            try await change(try MasterKeyRing(keys: [new, old]), harness)
            func left() async throws -> Int? {
                try await harness.parts.store.read {
                    try Int.fetchOne(
                        $0.database, sql: "SELECT count(*) FROM products WHERE instr(provision_fields, ?)",
                        arguments: ["sealed:v1:\(oldID):"])
                }
            }
            #expect(try await left() == 200)
            // The look from the beginning, before the old key is given up, finds them.
            harness.clock.advance(by: KeyRotation.settling)
            try await harness.parts.keyRotation.round()
            #expect(try await left() == 0)
            try await harness.parts.keyRotation.round()
            #expect(try await Self.status(harness).rewrapping == false)
        }
    }

    // MARK: What needs a key

    @Test func `A category's old key is needed by what was handed over with it and by who seals with it`()
        async throws
    {
        try await run { harness in
            let product = try await harness.product(["username": "jane"])
            let running = try await harness.submit("suspend", on: product).action
            _ = try await harness.wait(for: running.id, .dispatched)
            let hosting = SealingRecipient.category("hosting")
            let (first, second) = (
                old.derived(for: hosting).id, old.derived(for: hosting, generation: 2).id
            )
            Self.announce([first], to: harness)
            try await change(try MasterKeyRing(keys: [old], generations: ["hosting": [1, 2]]), harness)
            var state = try #require(try await Self.status(harness).keys.first { $0.id == second })
            #expect(!state.seals && state.generation == 2)
            try await change(try MasterKeyRing(keys: [old], generations: ["hosting": [2, 1]]), harness)
            func needs() async throws -> [String] {
                state = try #require(try await Self.status(harness).keys.first { $0.id == first })
                #expect(!state.seals)
                return state.neededBy
            }
            #expect(try await needs().count == 3, "\(state.neededBy)")
            harness.clock.advance(by: KeyRotation.settling)
            Self.announce([first, second], to: harness)
            #expect(
                try await needs() == [
                    "scripted-1 still seals with it.", "Actions of hosting that were handed over with it: 1.",
                ])
            Self.announce([second, first], to: harness)
            #expect(try await needs() == ["Actions of hosting that were handed over with it: 1."])
            let sent = try #require(harness.executions.withLock { $0.last })
            _ = await harness.parts.actions.apply(
                ActionOutcome(sent, .succeeded, result: [:]), traceparent: nil)
            #expect(try await needs() == [])
            // The master key was not changed, so nothing stored had to be.
            #expect(try await Self.status(harness).rewrapped == 0)
        }
    }

    @Test func `Debug data opens after its key was retired`() async throws {
        try await run { harness in
            let id = ActionID.make()
            let sealed = try SecretKeeper(master: old).category("hosting").seal(
                "GET /", context: "\(id)/debug")
            try await change(try MasterKeyRing(keys: [new, old]), harness)
            try await change(MasterKeyRing(new), harness)
            let request = RevealDebugData(
                category: "hosting", sealed: sealed, actionID: id, revealedBy: "staff")
            let data = try await harness.parts.keys.reveal(request)
            #expect(try harness.parts.secrets.gateway.open(data.text, context: "debug") == "GET /")
            // It opens nothing else.
            let outcome = try SecretKeeper(master: old).category("hosting").seal(
                "x", context: "\(id)/result/login_url")
            #expect(throws: SealingError.self) {
                try harness.parts.secrets.category("hosting").open(outcome, context: "\(id)/result/login_url")
            }
            let other = RevealDebugData(
                category: "domains", sealed: sealed, actionID: id, revealedBy: "staff")
            await #expect(throws: RequestFailure.self) { try await harness.parts.keys.reveal(other) }
        }
    }
}
