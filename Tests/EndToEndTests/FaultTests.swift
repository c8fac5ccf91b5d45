import Foundation
import Models
import SystemSupport
import Testing

/// What the simulated third party can do wrong, and what an action comes to.
@Suite("Third parties that misbehave", .leavingNoSecrets)
struct FaultTests {
    private typealias Form = PurserSystem.Form

    @Test("An answer that never comes to what was done is looked up", arguments: PurserSystem.Form.allCases)
    func hangAfterEffect(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let product = try await system.makeProduct(["fault": "hang_after_effect"])
        let action = try await system.run("create", PurserSystem.account, on: product)
        #expect(action.state == "succeeded", "\(action)")
        #expect(action.outcomes == ["succeeded"])
        #expect(try await effects(of: action, on: system) == 1)
        #expect(try await system.product(product)["status"] == "active")
    }

    @Test(
        "An answer that never comes to what was not done is tried again",
        arguments: PurserSystem.Form.allCases)
    func hangBeforeEffect(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let product = try await system.makeProduct(["fault": "hang_before_effect"])
        let id = try await system.submit("create", PurserSystem.account, on: product)
        let waiting = try await system.action(id, in: "waiting")
        #expect(waiting["error"]?["kind"] == "timedOut")
        try await expectEndAfterRepair(id, on: system, product)
    }

    @Test(
        "A failure that passes is tried again", arguments: ["transient", "unreachable"],
        PurserSystem.Form.allCases)
    func transient(_ fault: String, _ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let product = try await system.makeProduct(["fault": .string(fault)])
        let id = try await system.submit("create", PurserSystem.account, on: product)
        let waiting = try await system.action(id, in: "waiting")
        #expect(waiting["error"]?["kind"] == "providerUnavailable")
        #expect(waiting["waiting_because"]?.stringValue?.contains("providerUnavailable") == true)
        try await expectEndAfterRepair(id, on: system, product)
    }

    @Test(
        "Too many requests are sent again when the third party wants them",
        arguments: PurserSystem.Form.allCases)
    func rateLimited(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let product = try await system.makeProduct(["fault": "rate_limited"])
        let id = try await system.submit("create", PurserSystem.account, on: product)
        let waiting = try await system.action(id, in: "waiting")
        #expect(waiting["waiting_because"]?.stringValue?.contains("rateLimited") == true)
        #expect(waiting["waiting_until"]?.stringValue != nil)
        try await expectEndAfterRepair(id, on: system, product)
    }

    @Test(
        "A refusal ends the action with its kind, and nothing happens", arguments: PurserSystem.Form.allCases)
    func rejected(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let product = try await system.makeProduct(["fault": "rejected"])
        let action = try await system.run("create", PurserSystem.account, on: product)
        #expect(action.state == "failed")
        #expect(action["error"]?["kind"] == "rejected")
        #expect(action["error"]?["message"]?.stringValue?.isEmpty == false)
        #expect(action.outcomes == ["failed"])
        #expect(try await effects(of: action, on: system) == 0)
        #expect(try await system.product(product)["status"] == "pending")
    }

    @Test("A slow answer is waited for")
    func slow() async throws {
        let system = try await PurserSystem.shared(.rabbitMQ)
        let product = try await system.makeProduct(["fault": "slow", "latency_ms": 100])
        let action = try await system.run("create", PurserSystem.account, on: product)
        #expect(action.state == "succeeded")
        #expect(action.outcomes == ["succeeded"])
    }

    // MARK: When nobody knows

    @Test("What cannot be looked up waits for a person, who adopts it", arguments: PurserSystem.Form.allCases)
    func adopt(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let (product, id) = try await unsureCreation(on: system)
        // Meanwhile nothing else is done to the product.
        let next = try await system.submit("suspend", ["username": "alice"], on: product)
        #expect(try await system.action(next)["waiting_because"]?.stringValue?.contains(id) == true)
        #expect(try await system.decide("cancel", on: id).status == 409)

        let username = try await username(of: product, on: system)
        let adopted = try await system.decide("adopt", ["result": ["username": .string(username)]], on: id)
        #expect(adopted.status == 200, "\(adopted)")
        #expect(adopted.json.state == "succeeded")
        #expect(try await system.product(product)["provision_fields"]?["username"]?.stringValue == username)
        #expect(try await system.decide("adopt", on: id).status == 409)
        #expect(try system.ledger.effects(of: id).count == 1)
        // The line goes on.
        _ = try await system.ended(next)
    }

    @Test("What cannot be looked up can be abandoned", arguments: PurserSystem.Form.allCases)
    func abandon(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let (product, id) = try await unsureCreation(on: system)
        let abandoned = try await system.decide("abandon", on: id)
        #expect(abandoned.status == 200, "\(abandoned)")
        #expect(abandoned.json.state == "failed")
        #expect(try await system.product(product)["status"] == "pending")
        #expect(try system.ledger.effects(of: id).count == 1)
    }

    @Test("Retried, it is looked up before it is done again", arguments: PurserSystem.Form.allCases)
    func retry(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let (product, id) = try await unsureCreation(on: system)
        try await system.change(product.configuration, ["fault": "none"])
        let retried = try await system.decide("retry", on: id)
        #expect(retried.status == 200, "\(retried)")
        let action = try await system.ended(id)
        #expect(action.state == "succeeded", "\(action)")
        #expect(action.outcomes == ["unsure", "succeeded"])
        #expect(try system.ledger.effects(of: id).count == 1)
        #expect(try await system.product(product)["status"] == "active")
    }

    @Test("An account without a domain is looked up too")
    func retryWithoutDomain() async throws {
        let system = try await PurserSystem.shared(.embedded)
        let product = try await system.makeProduct(["fault": "hang_after_effect"])
        let wanted: JSONValue = ["email": "jane@example.com", "package_name": "gold"]
        let action = try await system.run("create", wanted, on: product)
        #expect(action.state == "succeeded", "\(action)")
        #expect(try await effects(of: action, on: system) == 1)
    }

    // MARK: Parts

    private func effects(of action: JSONValue, on system: PurserSystem) async throws -> Int {
        try system.ledger.effects(of: try #require(action["id"]?.stringValue)).count
    }

    private func expectEndAfterRepair(
        _ id: String, on system: PurserSystem, _ product: TestProduct
    ) async throws {
        #expect(try system.ledger.effects(of: id).isEmpty)
        try await system.change(product.configuration, ["fault": "none"])
        let action = try await system.ended(id)
        #expect(action.state == "succeeded", "\(action)")
        #expect(action.outcomes.first == "failed")
        #expect(action.outcomes.last == "succeeded")
        #expect(try system.ledger.effects(of: id).count == 1)
    }

    /// A creation of which nobody knows whether it happened.
    private func unsureCreation(on system: PurserSystem) async throws -> (
        product: TestProduct, action: String
    ) {
        let product = try await system.makeProduct(["fault": "unobservable", "fault_functions": ["create"]])
        let id = try await system.submit("create", PurserSystem.account, on: product)
        let action = try await system.action(id, in: "unsure")
        #expect(action["waiting_because"]?.stringValue?.contains("adopt, retry or abandon") == true)
        #expect(try system.ledger.effects(of: id).count == 1)
        return (product, id)
    }

    /// The name of the account, as a person finds it at the third party.
    private func username(of product: TestProduct, on system: PurserSystem) async throws -> String {
        try #require(try system.ledger.usernames(configuration: product.configuration).first)
    }
}
