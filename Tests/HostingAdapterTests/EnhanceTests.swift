import AdapterKit
import AdapterTestSupport
import HostingAdapter
import Models
import ServiceRuntime
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("Enhance beyond the recordings")
struct EnhanceTests {
    private typealias Answer = Result<HTTPResponse, ProviderError>

    private struct Cluster {
        let bench: AttemptBench
        let transport: StubTransport
        private let folder: TemporaryFolder
        private let settings: [String: JSONValue]

        /// - Parameter answers: by method and path, without `/api`.
        init(_ answers: [String: Answer], settings: [String: JSONValue] = [:]) throws {
            transport = StubTransport { request in
                answers["\(request.method.rawValue) \(request.path.dropFirst(4))"]
                    ?? .success(.json(#"{"code":"not_found"}"#, status: 404))
            }
            folder = try TemporaryFolder()
            bench = AttemptBench(
                blueprint: Hosting.blueprint, providers: HostingAdapter.providers, network: transport,
                dataFolder: folder.path)
            self.settings = settings.merging([
                "hostname": "panel.example.com", "org_id": "own", "access_token": "T0ken",
            ]) { first, _ in first }
        }

        func run(
            _ function: String, _ parameters: [String: JSONValue], possibleDuplicate: Bool = false
        ) async -> ActionOutcome {
            await bench.runner.run(
                bench.action(
                    function, provider: "enhance", settings: settings, parameters: parameters,
                    possibleDuplicate: possibleDuplicate), isRedelivered: false, traceparent: nil)
        }

        /// What was changed, in order.
        var changes: [String] {
            transport.sent.elements.filter(\.isChanging).map {
                "\($0.method.rawValue) \($0.path.dropFirst(4))"
            }
        }
    }

    private static let jane: [String: JSONValue] = [
        "email": "jane@example.com", "customer_name": "Jane Doe", "domain": "example.com",
        "package_name": "Gold",
    ]
    private static let account: [String: JSONValue] = [
        "username": "jane@example.com", "customer_id": "c1", "subscription_id": "501",
    ]
    private static let lost = Answer.failure(ProviderError(.timedOut, mayHaveTakenEffect: true))
    private static let now = "2026-02-03T10:11:00Z"
    private static let before = "2026-02-01T00:00:00Z"

    private static func list(_ items: String...) -> Answer {
        .success(.json(#"{"items":[\#(items.joined(separator: ","))],"total":\#(items.count)}"#))
    }

    private static func made(_ id: String) -> Answer { .success(.json(#"{"id":\#(id)}"#, status: 201)) }

    private static func subscription(_ createdAt: String, status: String = "active") -> String {
        #"{"id":501,"planId":7,"planName":"Gold","status":"\#(status)","createdAt":"\#(createdAt)"}"#
    }

    private static func customer(_ createdAt: String) -> String {
        #"{"id":"c1","name":"Jane Doe","ownerEmail":"Jane@example.com","createdAt":"\#(createdAt)"}"#
    }

    private static let site =
        #"{"id":"w1","domain":{"id":"d1","domain":"example.com"},"subscriptionId":501,"status":"active"}"#

    /// A cluster that has the plan, and takes what is made; it shows nothing of it.
    private static let opening: [String: Answer] = [
        "GET /orgs/own/plans": list(#"{"id":7,"name":"Gold"}"#), "GET /orgs/own/customers": list(),
        "POST /orgs/own/customers": made(#""c1""#), "POST /logins": made(#""l1""#),
        "POST /orgs/c1/members": made(#""m1""#),
        "POST /orgs/own/customers/c1/subscriptions": made("501"),
        "POST /orgs/c1/websites": made(#""w1""#), "DELETE /orgs/c1": .success(HTTPResponse(status: 204)),
        "DELETE /orgs/c1/subscriptions/501": .success(HTTPResponse(status: 204)),
    ]

    /// What shows of an account.
    private static func shown(_ createdAt: String) -> [String: Answer] {
        [
            "GET /orgs/own/customers": list(customer(createdAt)), "GET /orgs/c1/websites": list(site),
            "GET /orgs/c1/websites/w1": .success(.json(site)),
            "GET /orgs/c1/subscriptions/501": .success(.json(subscription(createdAt))),
            "GET /branding": .success(.json(#"{"nameServers":[]}"#)),
        ]
    }

    @Test("An opening that is lost is found at the panel")
    func lostOpening() async throws {
        let answers = Self.opening.merging(Self.shown(Self.now)) { $1 }
        let cluster = try Cluster(answers.merging(["POST /orgs/c1/websites": Self.lost]) { $1 })
        let outcome = await cluster.run("create", Self.jane)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(outcome.result?["subscription_id"] == "501")
        #expect(outcome.result?["domain"] == "example.com")
        #expect(!cluster.changes.contains { $0.hasPrefix("DELETE") })
    }

    @Test("Half an opening is left for a person")
    func halfOpening() async throws {
        let cluster = try Cluster(
            Self.opening.merging([
                "POST /orgs/own/customers/c1/subscriptions": Self.lost,
                "GET /orgs/own/customers": Self.list(Self.customer(Self.now)),
                "GET /orgs/c1/websites": Self.list(),
                "GET /orgs/own/customers/c1/subscriptions": Self.list(),
            ]) { $1 })
        #expect(await cluster.run("create", Self.jane).outcome == .unsure)
        #expect(cluster.changes.last == "POST /orgs/own/customers/c1/subscriptions")
    }

    @Test("An account that is older than the action is not taken for its own")
    func olderAccount() async throws {
        let refused = Answer.success(.json(#"{"code":"already_exists"}"#, status: 409))
        let answers = Self.opening.merging(Self.shown(Self.before)) { $1 }
        let cluster = try Cluster(answers.merging(["POST /logins": refused]) { $1 })
        let outcome = await cluster.run("create", Self.jane, possibleDuplicate: true)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
        #expect(cluster.changes == ["POST /orgs/own/customers", "POST /logins", "DELETE /orgs/c1"])
    }

    @Test(
        "What was made before a refusal is removed again",
        arguments: [(nil, "DELETE /orgs/c1"), ("c1", "DELETE /orgs/c1/subscriptions/501")])
    func undone(customer: String?, removal: String) async throws {
        let refused = Answer.success(.json(#"{"code":"already_exists","detail":"domain"}"#, status: 409))
        let cluster = try Cluster(
            Self.opening.merging([
                "POST /orgs/c1/websites": refused, "GET /orgs/c1/websites": Self.list(),
                "GET /orgs/c1/members": Self.list(),
                "GET /orgs/own/customers/c1/subscriptions": Self.list(
                    Self.subscription(Self.now, status: "deleted")),
            ]) { $1 })
        var parameters = Self.jane
        parameters["customer_id"] = customer.map { .string($0) }
        let outcome = await cluster.run("create", parameters)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
        #expect(outcome.error?.details?["detail"] == "domain")
        #expect(cluster.changes.last == removal)
    }

    @Test("An account without a website is opened where the configuration says so, with a password made up")
    func subscriptionOnly() async throws {
        let cluster = try Cluster(
            Self.opening.merging(Self.shown(Self.now)) { $1 }, settings: ["create_subscription_only": true])
        let outcome = await cluster.run("create", Self.jane.merging(["domain": .null]) { $1 })
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.result?["domain"] == nil)
        #expect(!cluster.changes.contains("POST /orgs/c1/websites"))
        let login = try #require(cluster.transport.sent.elements.first { $0.path == "/api/logins" })
        guard case .json(let body) = login.body else { throw CancellationError() }
        #expect(body["password"]?.stringValue?.count == 20)
    }

    @Test("Plans are looked for on every page, and www. is left out where the configuration says so")
    func pages() async throws {
        let first = (1...10).map { #"{"id":\#($0),"name":"Plan \#($0)"}"# }.joined(separator: ",")
        let transport = StubTransport { request in
            guard request.path.hasSuffix("/plans") else { return .success(HTTPResponse(status: 500)) }
            let isFirst = request.query.contains(.init("offset", "0"))
            return .success(
                .json(#"{"items":[\#(isFirst ? first : #"{"id":77,"name":"Gold"}"#)],"total":11}"#))
        }
        let folder = try TemporaryFolder()
        let bench = AttemptBench(
            blueprint: Hosting.blueprint, providers: HostingAdapter.providers, network: transport,
            dataFolder: folder.path)
        let action = bench.action(
            "changePackage", provider: "enhance",
            settings: ["hostname": "panel.example.com", "org_id": "own", "access_token": "T0ken"],
            parameters: Self.account.merging(["package_name": "Gold"]) { $1 })
        _ = await bench.runner.run(action, isRedelivered: false, traceparent: nil)
        #expect(transport.sent.elements.count { $0.path.hasSuffix("/plans") } == 2)
        #expect(transport.sent.elements.last?.body == .json(["planId": 77]))
    }

    @Test(
        "A termination that may be a repeat is done when the panel says that the subscription is gone",
        arguments: [
            (.success(.json(subscription(now, status: "deleted"))), .succeeded),
            (.success(.json(#"{"code":"not_found"}"#, status: 404)), .succeeded),
            (.success(HTTPResponse(status: 404)), .unsure), (.success(HTTPResponse(status: 401)), .unsure),
        ] as [(Result<HTTPResponse, ProviderError>, AttemptOutcome)])
    func terminatedBefore(
        answer: Result<HTTPResponse, ProviderError>, expected: AttemptOutcome
    ) async throws {
        let cluster = try Cluster(["GET /orgs/c1/subscriptions/501": answer])
        let outcome = await cluster.run("terminate", Self.account, possibleDuplicate: true)
        #expect(outcome.outcome == expected)
        #expect(cluster.changes == [])
    }

    @Test(
        "Changes need to know the subscription",
        arguments: ["changePackage", "suspend", "unsuspend", "terminate"])
    func needsSubscription(function: String) async throws {
        let cluster = try Cluster([:])
        var parameters = Self.account.merging(["subscription_id": ""]) { $1 }
        if function == "changePackage" { parameters["package_name"] = "Gold" }
        #expect(await cluster.run(function, parameters).error?.kind == .invalidInput)
        #expect(cluster.transport.sent.elements.isEmpty)
    }

    @Test(
        "An id that could lead to another path is refused, and nothing is sent",
        arguments: ["..", "../7", "a/b"])
    func hostile(id: String) async throws {
        for name in ["customer_id", "subscription_id"] {
            let cluster = try Cluster([:])
            let ids: [String: JSONValue] = ["username": "jane", "customer_id": "1", "subscription_id": "7"]
            let outcome = await cluster.run("suspend", ids.merging([name: .string(id)]) { $1 })
            #expect(outcome.error?.kind == .invalidInput)
            #expect(cluster.transport.sent.elements.isEmpty)
        }
    }

    @Test(
        "Refusals have their kinds, and ids stay one segment of the path",
        arguments: [
            (400, .invalidInput), (401, .unauthorized), (403, .unauthorized), (404, .notFound),
            (409, .alreadyExists), (429, .rateLimited), (500, .providerUnavailable),
        ] as [(Int, ErrorKind)])
    func refusals(status: Int, kind: ErrorKind) async throws {
        let cluster = try Cluster([
            "PATCH /orgs/o?1/subscriptions/7#": .success(
                .json(#"{"code":"enhance says no"}"#, status: status))
        ])
        let outcome = await cluster.run(
            "suspend", ["username": "jane", "customer_id": "o?1", "subscription_id": "7#"])
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["code"] == "enhance says no")
        #expect(outcome.error?.message.lowercased().contains("enhance") == false)
        #expect(cluster.transport.sent.elements.allSatisfy { !$0.url.contains("T0ken") })
    }
}
