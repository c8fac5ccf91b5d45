import Bus
import Foundation
import Models
import ServiceRuntime
import Synchronization
import Testing

@testable import Orchestrator

/// What becomes of results: fields that later functions need, addresses that are forgotten, statuses.
struct ResultTests {
    /// The life that begins with a category's set-up function, and what later functions still have to be told: choices
    /// and new values, never what says which thing is meant.
    struct Life: Sendable, CustomTestStringConvertible {
        let blueprint: BlueprintDefinition
        let setUp: String
        let parameters: [String: JSONValue]
        let result: [String: JSONValue]
        let choices: [String: Set<String>]
        var testDescription: String { "\(blueprint.category) \(setUp)" }
    }

    private static let contacts: JSONValue = ["id": "c-1"]
    private static let domainInfo: [String: JSONValue] = [
        "id": "d-1", "domain": "example.com", "statuses": ["ok"], "ns": [:], "created_at": .null,
        "updated_at": .null, "expires_at": .null,
    ]
    private static let domainChoices: [String: Set<String>] = [
        "poll": ["limit"], "domainAvailabilityCheck": ["tlds"], "renew": ["renew_years"],
        "register": ["renew_years", "registrant", "billing", "tech", "admin", "nameservers"],
        "updateRegistrantContact": ["contact"], "updateContact": ["contact", "contact_type"],
        "updateNameservers": ["ns1", "ns2"], "setLock": ["lock"], "setAutoRenew": ["auto_renew"],
        "updateIpsTag": ["ips_tag"], "setGlueRecord": ["hostname", "ip_1"], "removeGlueRecord": ["hostname"],
    ]

    static let lives = [
        Life(
            blueprint: Hosting.blueprint, setUp: "create", parameters: ["domain": "example.com"],
            result: [
                "username": "jane", "server_hostname": "cp1.example.com", "package_name": "gold",
                "suspended": false, "domain": .null,
            ], choices: ["getLoginUrl": ["user_ip"], "changePassword": ["password"]]),
        Life(
            blueprint: Domains.blueprint, setUp: "register",
            parameters: [
                "sld": "example", "tld": "com", "renew_years": 1, "registrant": contacts,
                "billing": contacts, "tech": contacts, "admin": contacts,
                "nameservers": ["ns1": ["host": "ns1.example.net"]],
            ], result: domainInfo, choices: domainChoices),
        Life(
            blueprint: Domains.blueprint, setUp: "transfer",
            parameters: ["sld": "example", "tld": "com", "epp_code": "secret"], result: domainInfo,
            choices: domainChoices),
        Life(
            blueprint: Servers.blueprint, setUp: "create",
            parameters: ["label": "web1", "location": "lon", "image": "debian-12"],
            result: [
                "instance_id": "i-1", "state": "running", "label": "web1", "image": "debian-12",
                "size": "gold", "location": "lon",
            ], choices: ["changeRootPassword": ["root_password"]]),
        Life(
            blueprint: Licenses.blueprint, setUp: "create", parameters: ["billing_cycle_months": 12],
            result: ["license_key": "K-1"], choices: [:]),
        Life(
            blueprint: SEO.blueprint, setUp: "create", parameters: ["domain": "example.com"],
            result: ["username": "jane", "domain": "example.com"], choices: [:]),
        Life(
            blueprint: Builders.blueprint, setUp: "create", parameters: ["billing_cycle_months": 12],
            result: ["account_reference": "a-1", "package_reference": "gold"], choices: [:]),
        Life(
            blueprint: OfficeTools.blueprint, setUp: "create",
            parameters: [
                "domain": "example.com", "seat_count": 5, "billing": ["amount": 10, "currency": "GBP"],
            ],
            result: [
                "customer_id": "c-9", "service_id": "s-1", "domain": "example.com", "plan": "gold",
                "seat_count": 5, "seat_count_used": 0,
            ], choices: ["renew": ["billing"], "changePackage": ["billing"]]),
        Life(
            blueprint: AutoLogin.blueprint, setUp: "create", parameters: ["extra": ["region": "eu"]],
            result: ["username": "jane"], choices: [:]),
    ]

    @Test(arguments: lives)
    func `After the set-up no function needs to be told which thing is meant`(life: Life) async throws {
        try await OrchestratorHarness.run(of: life.blueprint) { attempt in
            ActionOutcome(attempt, .succeeded, result: life.result)
        } body: { harness in
            let product = try await harness.product()
            let action = try await harness.submit(life.setUp, on: product, life.parameters).action
            _ = try await harness.wait(for: action.id, .succeeded)
            let shown = try await harness.parts.products.show(
                ShowContractProduct(id: product, audience: .admin))
            let available = try #require(shown.actionsAvailable)
            #expect(available.count > 3)
            for button in available {
                let function = try #require(life.blueprint.function(button.function))
                let missing = function.parameters.filter(\.isRequired).map(\.name)
                    .filter { button.parameters[$0] == nil }
                #expect(
                    Set(missing).subtracting(life.choices[function.name] ?? []).isEmpty,
                    "\(function.name) lacks \(missing)")
            }
        }
    }

    @Test func `What a function keeps is written where its result does not say otherwise`() async throws {
        try await OrchestratorHarness.run(of: Licenses.blueprint) { attempt in
            attempt.function == "create"
                ? ActionOutcome(
                    attempt, .succeeded,
                    result: [
                        "license_key": "K-1", "package_identifier": "theirs", "service_identifier": .null,
                    ])
                : ActionOutcome(attempt, .succeeded, result: ["package_identifier": .null])
        } body: { harness in
            let product = try await harness.product()
            let created = try await harness.submit(
                "create", on: product,
                ["package_identifier": "ours", "service_identifier": "svc-9", "billing_cycle_months": 12]
            ).action
            _ = try await harness.wait(for: created.id, .succeeded)
            let changed = try await harness.submit(
                "changePackage", on: product, ["package_identifier": "next"]
            ).action
            _ = try await harness.wait(for: changed.id, .succeeded)
            let sent = try #require(harness.executions.withLock { $0.last }).parameters
            #expect(sent["service_identifier"] == "svc-9")
            #expect(sent["billing_cycle_months"] == 12)
            let history = try await harness.parts.products.history(ShowProductHistory(id: product)).items
            let packages = history.filter { $0.field == "package_identifier" }
            #expect(packages.map(\.newValue) == ["next", "theirs"])
            #expect(packages.map(\.actionID) == [changed.id, created.id])
        }
    }

    @Test func `A kept secret is sealed for the product, and opens for the next action`() async throws {
        // No blueprint keeps a secret today; a licence's key comes out of a result the same way.
        let keys = SecretKeeper(master: try MasterKey(text: OrchestratorHarness.masterKey))
        try await OrchestratorHarness.run(of: Licenses.blueprint) { attempt in
            let sealed = try? keys.category("licenses").seal(
                "K-CANARY", context: "\(attempt.actionID)/result/license_key")
            return ActionOutcome(
                attempt, .succeeded,
                result: attempt.function == "create" ? ["license_key": .string(sealed ?? "")] : [:])
        } body: { harness in
            let product = try await harness.product()
            _ = try await harness.wait(
                for: try await harness.submit("create", on: product).action.id, .succeeded)
            let action = try await harness.submit("suspend", on: product).action
            _ = try await harness.wait(for: action.id, .succeeded)
            let sent = try #require(harness.executions.withLock { $0.last }).parameters
            let text = try #require(sent["license_key"]?.stringValue)
            let context = "\(action.id)/parameters/license_key"
            #expect(try keys.category("licenses").open(text, context: context) == "K-CANARY")
        }
    }

    // MARK: Sources

    @Test func `The package, the client's profile and ids go where functions ask for them`() throws {
        let client = Client(
            id: .make(), name: "Jane Doe", email: "jane@example.com", phone: "+14155550100",
            company: "Doe Ltd", address: Address(city: "London", countryCode: "GB"), createdAt: .now)
        func filled(
            _ blueprint: BlueprintDefinition, _ function: String, _ given: [String: JSONValue] = [:],
            fields: [String: JSONValue] = [:]
        ) throws -> [String: JSONValue] {
            let product = ProductRecord(
                id: .make(), clientID: client.id, category: blueprint.category, configurationID: .make(),
                name: "P", package: "gold", status: .active, provisionFields: fields, createdAt: .now,
                updatedAt: .now)
            return ParameterSources(product: product, client: client).fill(
                given, for: try #require(blueprint.function(function))
            ) { _, value in value }
        }
        let id = JSONValue.string(client.id.rawValue)
        let seo = try filled(SEO.blueprint, "create")
        #expect(seo["customer_id"] == id)
        #expect(seo["customer_email"] == "jane@example.com")
        #expect(seo["package_identifier"] == "gold")
        #expect(seo["customer_name"] == "Jane Doe")
        #expect(try filled(AutoLogin.blueprint, "create")["user_id"] == id)
        #expect(try filled(Licenses.blueprint, "create")["company_name"] == "Doe Ltd")
        #expect(try filled(Builders.blueprint, "create")["package_reference"] == "gold")
        let office = try filled(OfficeTools.blueprint, "create")
        #expect(office["country_code"] == "GB")
        #expect(office["plan"] == "gold")
        #expect(try filled(Servers.blueprint, "create")["size"] == "gold")

        // The request goes first, then the provision fields.
        #expect(try filled(SEO.blueprint, "create", ["customer_id": 7])["customer_id"] == 7)
        let known = try filled(OfficeTools.blueprint, "renew", fields: ["customer_id": "theirs"])
        #expect(known["customer_id"] == "theirs")
        // In hosting it would be the panel's own id.
        #expect(try filled(Hosting.blueprint, "create")["customer_id"] == nil)
        // One way to say the size keeps the other out.
        let cut = try filled(
            Servers.blueprint, "resize", ["memory_mb": 4096],
            fields: ["instance_id": "i-1", "size": "small", "memory_mb": 1024, "cpu_cores": 2])
        #expect(cut == ["instance_id": "i-1", "memory_mb": 4096, "cpu_cores": 2])
        let named = try filled(
            Servers.blueprint, "resize", ["size": "big"],
            fields: ["instance_id": "i-1", "size": "small", "memory_mb": 1024])
        #expect(named == ["instance_id": "i-1", "size": "big"])
    }

    // MARK: Results that expire

    @Test func `A way to sign in is forgotten after its time, and the action says so`() async throws {
        try await OrchestratorHarness.run { attempt in
            ActionOutcome(attempt, .succeeded, result: ["login_url": "https://panel.example.com/CANARY"])
        } body: { harness in
            let product = try await harness.product(["username": "jane"])
            let action = try await harness.submit(
                "getLoginUrl", on: product, ["user_ip": "192.0.2.1"]
            ).action
            let ended = try await harness.wait(for: action.id, .succeeded)
            #expect(ended.result != nil)
            #expect(ended.resultExpired == nil)
            harness.clock.advance(by: .seconds(299))
            _ = try await harness.parts.actions.moveDueActions()
            #expect(try await harness.show(action.id).result != nil)
            harness.clock.advance(by: .seconds(1))
            let gone = try await harness.show(action.id)
            #expect(gone.result == nil)
            #expect(gone.resultExpired == true)
            _ = try await harness.parts.actions.moveDueActions()
            let stored = try await harness.parts.store.read { try $0.action(action.id) }
            #expect(stored?.result == nil)
            #expect(stored?.isResultExpired == true)
            #expect(try await harness.show(action.id).resultExpired == true)
        }
    }

    // MARK: Status while deferred

    private static let transfer: [String: JSONValue] = ["sld": "example", "tld": "com", "epp_code": "x"]

    private static func run(
        ending: @escaping OrchestratorHarness.Adapter,
        body: @Sendable (OrchestratorHarness, ContractProductID, ActionID) async throws -> Void
    ) async throws {
        try await OrchestratorHarness.run(of: Domains.blueprint) { attempt in
            attempt.attempt < 3
                ? ActionOutcome(attempt, .deferred, pollAfter: 300, reference: "t-1") : await ending(attempt)
        } body: { harness in
            let product = try await harness.product()
            let action = try await harness.submit("transfer", on: product, transfer).action
            _ = try await harness.wait(for: action.id, .deferred)
            #expect(try await harness.status(of: product) == .transferring)
            harness.clock.advance(by: .seconds(300))
            _ = try await harness.parts.actions.moveDueActions()
            _ = try await harness.wait(for: action.id, .deferred)
            #expect(try await harness.status(of: product) == .transferring)
            try await body(harness, product, action.id)
        }
    }

    @Test func `A domain that is being brought in says so, and is active when it has arrived`() async throws {
        try await Self.run { attempt in
            ActionOutcome(attempt, .succeeded, result: Self.domainInfo)
        } body: { harness, product, action in
            harness.clock.advance(by: .seconds(300))
            _ = try await harness.parts.actions.moveDueActions()
            _ = try await harness.wait(for: action, .succeeded)
            #expect(try await harness.status(of: product) == .active)
            let history = try await harness.parts.products.history(ShowProductHistory(id: product)).items
            #expect(
                history.filter { $0.field == "status" }.map(\.newValue) == ["active", "transferring"])
        }
    }

    @Test func `A domain that is not brought in goes back to what it was`() async throws {
        try await Self.run { attempt in
            ActionOutcome(attempt, .failed, error: .rejected)
        } body: { harness, product, action in
            harness.clock.advance(by: .seconds(300))
            _ = try await harness.parts.actions.moveDueActions()
            _ = try await harness.wait(for: action, .failed)
            #expect(try await harness.status(of: product) == .pending)
        }
    }
}

extension OrchestratorHarness {
    func status(of product: ContractProductID) async throws -> ProductStatus {
        try await parts.products.show(ShowContractProduct(id: product, audience: .admin)).status
    }
}
