import AdapterKit
import AdapterTestSupport
import BuildersAdapter
import Models
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("Duda beyond the recordings")
struct DudaTests {
    private typealias Answer = Result<HTTPResponse, ProviderError>

    private struct Partner {
        let bench: AttemptBench
        let transport: StubTransport
        private let folder: TemporaryFolder

        /// - Parameter answers: by method and path without `/api`, as in `GET /accounts/jane`. Other reads are
        ///   answered as for something that is not there, other changes are carried out.
        init(_ answers: [String: Answer] = [:]) throws {
            let all = answers.merging([
                "GET /sites/multiscreen/plans": .success(
                    .json(#"[{"planId":12,"planName":"Basic"},{"planId":1,"planName":"FREE"}]"#)),
                "POST /sites/multiscreen/create": .success(.json(#"{"site_name":"s1"}"#)),
            ]) { given, _ in given }
            transport = StubTransport { request in
                if let answer = all["\(request.method.rawValue) \(request.path.dropFirst(4))"] {
                    return answer
                }
                return request.method == .get
                    ? DudaTests.refusal("ResourceNotExist") : .success(HTTPResponse(status: 204))
            }
            folder = try TemporaryFolder()
            bench = AttemptBench(
                blueprint: Builders.blueprint, providers: BuildersAdapter.providers, network: transport,
                dataFolder: folder.path)
        }

        func run(
            _ function: String, _ parameters: [String: JSONValue], settings: [String: JSONValue] = [:],
            possibleDuplicate: Bool = false
        ) async -> ActionOutcome {
            let credentials: [String: JSONValue] = ["username": "acme", "password": "s3cret-words"]
            return await bench.runner.run(
                bench.action(
                    function, provider: "duda", settings: credentials.merging(settings) { $1 },
                    parameters: parameters, possibleDuplicate: possibleDuplicate),
                isRedelivered: false, traceparent: nil)
        }

        /// The changing requests that were sent, in order.
        var changes: [String] {
            transport.sent.elements.filter(\.isChanging).map {
                "\($0.method.rawValue) \($0.path.dropFirst(4))"
            }
        }

        func body(of path: String) -> JSONValue? {
            guard
                case .json(let body)? = transport.sent.elements.first(where: { $0.path == "/api" + path })?
                    .body
            else { return nil }
            return body
        }
    }

    private static let jane: [String: JSONValue] = [
        "customer_id": "42", "customer_name": "Jane Doe", "customer_email": "jane@example.com",
        "domain_name": "example.com", "package_reference": "Basic", "billing_cycle_months": 12,
    ]
    private static let account: [String: JSONValue] = [
        "account_reference": "s1", "site_builder_user_id": "jane@example.com",
    ]
    private static let user = Answer.success(.json(#"{"account_name":"jane@example.com"}"#))

    private static func refusal(_ code: String, _ message: String = "") -> Answer {
        .success(.json(#"{"error_code":"\#(code)","message":"\#(message)"}"#, status: 400))
    }

    private static func site(
        _ status: String = "PUBLISHED", createdAt: String? = "2026-02-03T10:11:13",
        domain: String = "example.com"
    ) -> Answer {
        let created = createdAt.map { #","creation_date":"\#($0)""# } ?? ""
        return .success(
            .json(
                #"{"site_name":"s1","site_domain":"\#(domain)","publish_status":"\#(status)","#
                    + #""certificate_status":"COMPLETE"\#(created)}"#))
    }

    private static func plan(_ id: Int, _ name: String) -> Answer {
        .success(.json(#"{"planId":\#(id),"planName":"\#(name)"}"#))
    }

    /// What there is of a site with its plan.
    private static func whole(_ site: Answer, plan: Answer = plan(12, "Basic")) -> [String: Answer] {
        [
            "GET /accounts/jane@example.com": user,
            "GET /accounts/grant-access/jane@example.com/sites/multiscreen": .success(
                .json(#"[{"site_name":"s1"}]"#)),
            "GET /sites/multiscreen/s1": site, "GET /sites/multiscreen/s1/plan": plan,
            "GET /accounts/jane@example.com/sites/s1/permissions": .success(
                .json(#"{"permissions":["EDIT"]}"#)),
        ]
    }

    @Test(
        "A creation that is lost is looked for among the user's sites",
        arguments: [
            (whole(site()), .succeeded), ([:], .failed),
            (["GET /accounts/jane@example.com": user], .unsure),
            (whole(site(createdAt: "2026-02-03T09:11:13")), .unsure), (whole(site(createdAt: nil)), .unsure),
            (whole(site(domain: "example.net")), .unsure), (whole(site(), plan: plan(1, "FREE")), .unsure),
        ] as [([String: Result<HTTPResponse, ProviderError>], AttemptOutcome)])
    func lostCreation(
        there: [String: Result<HTTPResponse, ProviderError>], outcome: AttemptOutcome
    ) async throws {
        let lost = Answer.failure(ProviderError(.timedOut, mayHaveTakenEffect: true))
        let partner = try Partner(there.merging(["POST /sites/multiscreen/create": lost]) { $1 })
        let result = await partner.run("create", Self.jane)
        #expect(result.outcome == outcome)
        #expect(partner.changes == ["POST /accounts/create", "POST /sites/multiscreen/create"])
        if outcome == .succeeded {
            #expect(result.observed)
            #expect(result.result?["account_reference"] == "s1")
            #expect(result.result?["has_ssl"] == true)
        }
    }

    @Test("Somebody's account of the same address is used only where it is named")
    func existingUser() async throws {
        let taken = Self.refusal("AlreadyExists", "Account already exists")
        let answers = Self.whole(Self.site()).merging(["POST /accounts/create": taken]) { $1 }
        let partner = try Partner(answers)
        let refused = await partner.run("create", Self.jane)
        #expect(refused.outcome == .failed)
        #expect(refused.error?.kind == .alreadyExists)
        #expect(partner.changes == ["POST /accounts/create"])
        let named = try Partner(answers)
        let outcome = await named.run(
            "create", Self.jane.merging(["site_builder_user_id": "jane@example.com"]) { $1 })
        #expect(outcome.outcome == .succeeded)
        #expect(named.changes.first == "POST /sites/multiscreen/create")
        let unknown = try Partner()
        let missing = await unknown.run("create", Self.jane.merging(["site_builder_user_id": "joe"]) { $1 })
        #expect(missing.error?.kind == .notFound)
        #expect(unknown.changes.isEmpty)
    }

    @Test("Template and permissions come from the configuration")
    func configured() async throws {
        let partner = try Partner(Self.whole(Self.site()))
        let outcome = await partner.run(
            "create", Self.jane, settings: ["template": "1001", "default_permissions": "edit, SEO"])
        #expect(outcome.outcome == .succeeded)
        #expect(partner.body(of: "/sites/multiscreen/create")?["template_id"] == 1001)
        #expect(
            partner.body(of: "/accounts/jane@example.com/sites/s1/permissions")?["permissions"] == [
                "EDIT", "SEO",
            ])
        #expect(!partner.transport.sent.elements.contains { $0.url.contains("s3cret-words") })
    }

    @Test(
        "Only a site that was on the net is published again, and none that is free",
        arguments: [
            ("UNPUBLISHED", plan(12, "Basic"), true), ("UNPUBLISHED", plan(1, "FREE"), false),
            ("NOT_PUBLISHED_YET", plan(12, "Basic"), false), ("PUBLISHED", plan(12, "Basic"), false),
        ] as [(String, Result<HTTPResponse, ProviderError>, Bool)])
    func unsuspend(
        status: String, plan: Result<HTTPResponse, ProviderError>, isPublished: Bool
    ) async throws {
        let partner = try Partner(Self.whole(Self.site(status), plan: plan))
        let outcome = await partner.run(
            "unsuspend",
            Self.account.merging(["package_reference": "Basic", "billing_cycle_months": 1]) { $1 })
        #expect(outcome.outcome == .succeeded)
        #expect(partner.changes == (isPublished ? ["POST /sites/multiscreen/publish/s1"] : []))
        #expect(outcome.result?["is_published"]?.boolValue == (isPublished || status == "PUBLISHED"))
    }

    @Test(
        "A termination that may be a repeat is looked for, with and without deletion",
        arguments: [
            (site(), false, ["POST /sites/multiscreen/unpublish/s1"]), (site("UNPUBLISHED"), false, []),
            (site("UNPUBLISHED"), true, ["DELETE /sites/multiscreen/s1"]),
            (refusal("ResourceNotExist"), true, []),
        ] as [(Result<HTTPResponse, ProviderError>, Bool, [String])])
    func terminatedBefore(
        site: Result<HTTPResponse, ProviderError>, deletes: Bool, changes: [String]
    ) async throws {
        let partner = try Partner(["GET /sites/multiscreen/s1": site])
        let outcome = await partner.run(
            "terminate", Self.account, settings: ["delete_on_terminate": .bool(deletes)],
            possibleDuplicate: true)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed == changes.isEmpty)
        #expect(partner.changes == changes)
    }

    @Test(
        "Refusals have their kinds, and customers are not told the provider's name",
        arguments: [
            ("ResourceNotExist", "Site with alias 's1' doesn't exist", .notFound),
            ("AlreadyExists", "", .alreadyExists), ("InvalidInput", "Duda says no", .invalidInput),
            ("OperationFailed", "Duda says no", .rejected),
        ] as [(String, String, ErrorKind)])
    func refusals(code: String, message: String, kind: ErrorKind) async throws {
        let partner = try Partner(["DELETE /sites/multiscreen/s1": Self.refusal(code, message)])
        let outcome = await partner.run(
            "terminate", Self.account, settings: ["delete_on_terminate": true])
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["code"]?.stringValue == code)
        #expect(outcome.error?.message.lowercased().contains("duda") == false)
    }

    @Test("An id cannot lead to another path", arguments: ["s1/plan", "..", "publish/s2"])
    func hostile(id: String) async throws {
        let partner = try Partner()
        let outcome = await partner.run(
            "terminate", ["account_reference": .string(id)], settings: ["delete_on_terminate": true])
        #expect(outcome.error?.kind == .invalidInput)
        #expect(partner.transport.paths.isEmpty)
    }

    @Test("Answers that are none of the vendor's are unavailability", arguments: ["[]", "{}", "<html>", ""])
    func strangeAnswers(body: String) async throws {
        let partner = try Partner(["GET /sites/multiscreen/s1": .success(.json(body))])
        #expect(await partner.run("getInfo", Self.account).error?.kind == .providerUnavailable)
    }
}
