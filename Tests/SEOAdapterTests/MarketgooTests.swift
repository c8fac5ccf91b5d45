import AdapterKit
import AdapterTestSupport
import Models
import SEOAdapter
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("marketgoo beyond the recordings")
struct MarketgooTests {
    private typealias Answer = Result<HTTPResponse, ProviderError>

    private struct Brand {
        let bench: AttemptBench
        let transport: StubTransport
        private let folder: TemporaryFolder

        /// - Parameter answers: by method and path, as in `GET /api/me`.
        init(_ answers: [String: Answer]) throws {
            transport = StubTransport { request in
                answers["\(request.method.rawValue) \(request.path)"]
                    ?? .success(.json(#"{"errors":[{"status":404,"title":"Not Found"}]}"#, status: 404))
            }
            folder = try TemporaryFolder()
            bench = AttemptBench(
                blueprint: SEO.blueprint, providers: SEOAdapter.providers, network: transport,
                dataFolder: folder.path)
        }

        static let settings: [String: JSONValue] = [
            "api_url": "app.example.com", "api_key": "key-0123456789",
        ]

        func run(
            _ function: String, _ parameters: [String: JSONValue], possibleDuplicate: Bool = false
        ) async -> ActionOutcome {
            await bench.runner.run(
                bench.action(
                    function, provider: "marketgoo", settings: Self.settings, parameters: parameters,
                    possibleDuplicate: possibleDuplicate), isRedelivered: false, traceparent: nil)
        }

        var sent: [String] { transport.sent.elements.map { "\($0.method.rawValue) \($0.path)" } }
    }

    private static let jane: [String: JSONValue] = [
        "customer_id": "42", "customer_email": "jane@example.com", "customer_name": "Jane Doe",
        "domain": "example.com", "package_identifier": "lite",
    ]
    private static let account: [String: JSONValue] = ["username": "MG1", "domain": "example.com"]
    private static let lost = Answer.failure(ProviderError(.timedOut, mayHaveTakenEffect: true))
    private static let done = Answer.success(HTTPResponse(status: 204))

    private static func listed(
        _ id: String = "MG1", email: String = "jane@example.com", product: String = "lite",
        createdAt: String? = "2026-02-03T10:11:13Z"
    ) -> String {
        let created = createdAt.map { #","created_at":"\#($0)""# } ?? ""
        return #"{"type":"account","id":"\#(id)","attributes":{"domain":"example.com","#
            + #""email":"\#(email)","product":"\#(product)","delete_date":null\#(created)}}"#
    }

    @Test(
        "An opening that is lost is looked for among the site's accounts",
        arguments: [
            ([listed()], false, .succeeded), ([], false, .failed),
            ([listed(createdAt: "2026-02-03T09:11:13Z")], false, .failed),
            ([listed(email: "joe@example.com"), listed(product: "pro")], false, .failed),
            ([listed(createdAt: nil)], false, .unsure), ([listed("MG1"), listed("MG2")], false, .unsure),
            ([], true, .unsure),
        ] as [([String], Bool, AttemptOutcome)])
    func lostOpening(accounts: [String], hasMore: Bool, outcome: AttemptOutcome) async throws {
        let links = hasMore ? #"{"next":"https://app.example.com/api/accounts?page"}"# : #"{"next":null}"#
        let brand = try Brand([
            "POST /api/accounts": Self.lost,
            "GET /api/accounts": .success(
                .json(#"{"data":[\#(accounts.joined(separator: ","))],"links":\#(links)}"#)),
        ])
        let result = await brand.run("create", Self.jane)
        #expect(result.outcome == outcome)
        if outcome == .succeeded {
            #expect(result.observed)
            #expect(result.result?["username"] == "MG1")
        }
        #expect(brand.sent == ["POST /api/accounts", "GET /api/accounts"])
        #expect(brand.transport.sent.elements.last?.query.first == .init("filter[domain]", "example.com"))
    }

    @Test("A termination that may be a repeat is sent only where the account is not closed yet")
    func terminatedBefore() async throws {
        let gone = try Brand([:])
        #expect(await gone.run("terminate", Self.account, possibleDuplicate: true).observed)
        #expect(gone.sent == ["GET /api/accounts/MG1"])
        let closed = try Brand([
            "GET /api/accounts/MG1": .success(
                .json(#"{"data":{"id":"MG1","attributes":{"delete_date":"2026-02-03T10:00:00Z"}}}"#))
        ])
        #expect(await closed.run("terminate", Self.account, possibleDuplicate: true).observed)
        let open = try Brand([
            "GET /api/accounts/MG1": .success(.json(#"{"data":\#(Self.listed())}"#)),
            "DELETE /api/accounts/MG1": Self.done,
        ])
        let outcome = await open.run("terminate", Self.account, possibleDuplicate: true)
        #expect(outcome.outcome == .succeeded && !outcome.observed)
        #expect(open.sent == ["GET /api/accounts/MG1", "DELETE /api/accounts/MG1"])
    }

    @Test(
        "What is in the state already stays so, and other conflicts are told",
        arguments: [
            ("suspend", "The requested account is already suspended", nil),
            ("suspend", "The requested account is deleted", .notFound),
            ("unsuspend", "The requested account is not suspended", nil),
            ("unsuspend", "Something else", .alreadyExists),
        ] as [(String, String, ErrorKind?)])
    func conflicts(function: String, detail: String, kind: ErrorKind?) async throws {
        let answer = Answer.success(
            .json(#"{"errors":[{"status":409,"detail":"\#(detail)"}]}"#, status: 409))
        let brand = try Brand([
            "PATCH /api/accounts/MG1/suspend": answer, "PATCH /api/accounts/MG1/resume": answer,
        ])
        let outcome = await brand.run(function, Self.account)
        #expect(outcome.outcome == (kind == nil ? .succeeded : .failed))
        #expect(outcome.error?.kind == kind)
    }

    @Test("An unknown package is refused in words fit for a customer")
    func unknownPackage() async throws {
        let refusal =
            #"{"errors":[{"code":1023,"title":"Invalid product token","#
            + #""detail":"The provided product token is invalid.","source":{"pointer":"/data/attributes/product"}}]}"#
        let brand = try Brand([
            "PATCH /api/accounts/MG1/upgrade": .success(.json(refusal, status: 400))
        ])
        let outcome = await brand.run(
            "changePackage", Self.account.merging(["package_identifier": "none"]) { $1 })
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .invalidInput)
        #expect(outcome.error?.message == "This package is not offered at the moment.")
        #expect(outcome.error?.details?["code"] == 1023)
    }

    @Test("Two promotion codes are refused before anything is sent")
    func twoCodes() async throws {
        let brand = try Brand([:])
        let outcome = await brand.run("create", Self.jane.merging(["promo_codes": ["A", "B"]]) { $1 })
        #expect(outcome.error?.kind == .invalidInput)
        #expect(brand.sent.isEmpty)
    }

    @Test("An id cannot lead to another path", arguments: ["../me", "..", "MG1/login"])
    func hostile(id: String) async throws {
        let brand = try Brand([:])
        let outcome = await brand.run("terminate", ["username": .string(id), "domain": "example.com"])
        #expect(outcome.error?.kind == .invalidInput)
        #expect(brand.sent.isEmpty)
    }

    @Test("The key is in a header, and an address without a scheme is https")
    func key() async throws {
        let brand = try Brand([
            "POST /api/accounts": .success(.json(#"{"data":{"id":17}}"#, status: 201))
        ])
        let outcome = await brand.run("create", Self.jane)
        #expect(outcome.result?["username"] == "17")
        let request = try #require(brand.transport.sent.elements.first)
        #expect(request.url == "https://app.example.com/api/accounts")
        #expect(request.headers.contains(.init("X-Auth-Token", "key-0123456789")))
    }

    @Test("Answers that are none of the vendor's are unavailability", arguments: ["{}", "[]", "<html>", ""])
    func strangeAnswers(body: String) async throws {
        let brand = try Brand(["GET /api/accounts/MG1/login": .success(.json(body))])
        #expect(await brand.run("login", Self.account).error?.kind == .providerUnavailable)
    }
}
