import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

@Suite("A backup of a running system that is restored")
struct RestoreTests {
    /// What becomes of products after the backup, at the third party, whose ledger is not part of it.
    private struct Products: Sendable {
        var unchanged: TestProduct
        var suspended: TestProduct
        var terminated: TestProduct
        /// Its creation is under way when the backup is made, and ends afterwards.
        var underWay: TestProduct
        /// Its suspension is.
        var pausing: TestProduct
        /// Its creation is asked for afterwards.
        var unknown: TestProduct

        init(_ system: PurserSystem) async throws {
            let client = try await system.makeClient()
            let quick = try await system.makeConfiguration()
            let slow = try await system.makeConfiguration(["latency_ms": 8_000])
            func make(_ configuration: String) async throws -> TestProduct {
                try await system.makeProduct(client: client, configuration: configuration)
            }
            unchanged = try await make(quick)
            suspended = try await make(quick)
            terminated = try await make(quick)
            underWay = try await make(slow)
            pausing = try await make(slow)
            unknown = try await make(quick)
            for (number, product) in [unchanged, suspended, terminated, pausing].enumerated() {
                let created = try await system.run("create", RestoreTests.account(number), on: product)
                try #require(created.state == "succeeded", "\(created)")
            }
        }
    }

    private static func account(_ number: Int) -> JSONValue {
        ["domain": .string("site\(number).example.com"), "email": "jane@example.com", "package_name": "gold"]
    }

    @Test(
        "finds and reports every product that differs; nothing is done again",
        arguments: PurserSystem.Form.allCases)
    func restore(_ form: PurserSystem.Form) async throws {
        try await withSystem(form) { system in
            let products = try await Products(system)
            let creation = try await system.submit("create", Self.account(10), on: products.underWay)
            let suspension = try await system.submit("suspend", on: products.pausing)
            for id in [creation, suspension] { try await system.log(of: id, with: "Began attempt") }
            let folder = system.dataFolder.deletingLastPathComponent().appending(path: "backup")
            let made = try await system.purser("backup", folder.path)
            try #require(made.status == 0, "\(made)")
            #expect(made.text.contains("master key is not in it"))

            for id in [creation, suspension] { #expect(try await system.ended(id).state == "succeeded") }
            for (function, product) in [("suspend", products.suspended), ("terminate", products.terminated)] {
                #expect(try await system.run(function, on: product).state == "succeeded")
            }
            #expect(
                try await system.run("create", Self.account(11), on: products.unknown).state == "succeeded")
            let before = try system.ledger.effects()

            try await Self.replaceData(of: system, with: folder)
            try await Self.expect(
                system, differing: [products.suspended, products.terminated, products.pausing],
                doubtful: [products.unknown])
            #expect(try await system.ended(creation).state == "succeeded", "it was found done")
            let open = try await system.action(suspension)
            #expect(open.state == "unsure", "\(open)")

            // Who asks for what is done already gets no second one.
            let again = try await system.submit("create", Self.account(11), on: products.unknown)
            _ = try await system.ended(again)
            #expect(try system.ledger.effects() == before, "nothing was done again")
            let adopted = try await system.purser("product", "check", products.suspended.id, "--adopt")
            #expect(adopted.status == 0, "\(adopted)")
            #expect(try await system.product(products.suspended)["status"] == "suspended")
            #expect(try await system.run("unsuspend", on: products.suspended).state == "succeeded")
        }
    }

    /// Stops everything, puts the backup in the place of what is there, and starts again.
    private static func replaceData(of system: PurserSystem, with folder: URL) async throws {
        for part in system.form.parts.reversed() {
            _ = try await system.terminate(part, within: .seconds(60))
        }
        for name in ["orchestrator", "log"] {
            let place = system.dataFolder.appending(path: name)
            try FileManager.default.removeItem(at: place)
            try FileManager.default.copyItem(at: folder.appending(path: name), to: place)
        }
        try system.start()
        try await system.ready()
    }

    private static func expect(
        _ system: PurserSystem, differing: [TestProduct], doubtful: [TestProduct]
    ) async throws {
        var found: Set<String> = []
        let wanted = Set(differing.map(\.id))
        try await eventually(
            within: .seconds(60), every: .milliseconds(100),
            "the differing products \(wanted); there are \(found)"
        ) {
            found = try await ids("differs", of: system)
            let doubted = try await ids("doubtful", of: system)
            return found == wanted && doubted == wanted.union(doubtful.map(\.id))
        }
        let listed = try await system.purser("product", "list", "--differing")
        #expect(differing.allSatisfy { listed.text.contains($0.id) }, "\(listed)")
        try await eventually(within: .seconds(30), every: .milliseconds(100), "the sweep's report in the log")
        {
            let answer = try await system.http.call(
                .get, "/v1/logs?service=orchestrator&level=warning&limit=200")
            let messages = (answer["items"]?.arrayValue ?? []).messages
            return messages.contains("Started on a backup")
                && messages.contains("Compared all products with their providers")
                && messages.count { $0 == "Found a product that differs from its provider" }
                    >= differing.count
        }
    }

    private static func ids(_ filter: String, of system: PurserSystem) async throws -> Set<String> {
        let answer = try await system.http.call(.get, "/v1/contract-products?\(filter)=true&limit=200")
        return Set((answer["items"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue })
    }
}
