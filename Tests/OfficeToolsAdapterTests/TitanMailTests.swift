import AdapterKit
import AdapterTestSupport
import Crypto
import Foundation
import Models
import ServiceRuntime
import TestSupport
import Testing

@testable import OfficeToolsAdapter

/// What the recordings do not show.
@Suite("Titan Email beyond the recordings")
struct TitanMailTests {
    private typealias Answer = Result<HTTPResponse, ProviderError>

    private struct Vendor {
        let bench: AttemptBench
        let transport: StubTransport
        private let folder: TemporaryFolder

        static let settings: [String: JSONValue] = [
            "api_url": "https://partners.example/v1/", "client_id": "p1", "client_secret": "shared-secret",
            "control_panel_url": "https://manage.example",
        ]

        /// - Parameter answers: by the last part of the path.
        init(_ answers: [String: Answer]) throws {
            transport = StubTransport { request in
                answers[String(request.path.split(separator: "/").last ?? "")]
                    ?? .success(HTTPResponse(status: 404))
            }
            folder = try TemporaryFolder()
            bench = AttemptBench(
                blueprint: OfficeTools.blueprint, providers: OfficeToolsAdapter.providers,
                network: transport, dataFolder: folder.path)
        }

        func run(
            _ function: String, _ parameters: [String: JSONValue], possibleDuplicate: Bool = false
        ) async -> ActionOutcome {
            await bench.runner.run(
                bench.action(
                    function, provider: "titan-mail", settings: Self.settings, parameters: parameters,
                    possibleDuplicate: possibleDuplicate), isRedelivered: false, traceparent: nil)
        }

        func count(_ command: String) -> Int { transport.paths.count { $0 == "/v1/partner/\(command)" } }

        func body(of command: String) -> JSONValue? {
            guard
                case .json(let value)? = transport.sent.elements.last(where: { $0.path.hasSuffix(command) })?
                    .body
            else { return nil }
            return value
        }
    }

    private static let jane: [String: JSONValue] = [
        "domain": "example.com", "customer_id": "c1", "customer_email": "jane@example.com",
        "plan": "business", "seat_count": 5,
        "billing": ["amount": 12.5, "currency": "USD", "expiry_date": "2027-01-31"],
    ]
    private static let service: [String: JSONValue] = ["service_id": "70001", "customer_id": "c1"]
    private static let lost = Answer.failure(ProviderError(.timedOut, mayHaveTakenEffect: true))

    private static func orders(
        plan: String = "business", expiry: String = "2027-01-31", status: String = "active"
    ) -> Answer {
        .success(
            .json(
                #"{"orders":[{"titanOrderId":70001,"domainName":"Example.com","planType":"\#(plan)","status":"\#(status)","noOfAccounts":"5","noOfActiveAccounts":2,"expiryDate":"\#(expiry)"}]}"#
            ))
    }

    private static func refusal(_ status: Int, _ code: String) -> Answer {
        .success(
            .json(#"{"error":"\#(code)","desc":"Titan says no","statusCode":\#(status)}"#, status: status))
    }

    @Test("An order that is lost and nowhere to be found has timed out")
    func lostOrder() async throws {
        let vendor = try Vendor([
            "createMailOrder": Self.lost, "listMailOrders": Self.refusal(404, "UserNotFound"),
        ])
        let outcome = await vendor.run("create", Self.jane)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .timedOut)
        #expect(vendor.count("createMailOrder") == 1)
    }

    @Test("An order that is lost is not taken for one that looks the same")
    func sameOrder() async throws {
        let vendor = try Vendor(["createMailOrder": Self.lost, "listMailOrders": Self.orders()])
        #expect(await vendor.run("create", Self.jane).outcome == .unsure)
    }

    @Test(
        "A possible repeat that finds another order of the domain is refused by the vendor",
        arguments: [("basic", "2027-01-31"), ("business", "2026-06-30")])
    func otherOrder(plan: String, expiry: String) async throws {
        let vendor = try Vendor([
            "createMailOrder": Self.refusal(400, "OrderExists"),
            "listMailOrders": Self.orders(plan: plan, expiry: expiry),
        ])
        let outcome = await vendor.run("create", Self.jane, possibleDuplicate: true)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
    }

    @Test("An order is done even where it cannot be read afterwards")
    func unreadableOrder() async throws {
        let vendor = try Vendor([
            "createMailOrder": .success(.json(#"{"titanOrderId":70001}"#)),
            "listMailOrders": .success(HTTPResponse(status: 503)),
        ])
        let outcome = await vendor.run("create", Self.jane)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.result?["service_id"] == "70001")
        #expect(outcome.result?["expiry_date"] == "2027-01-31")
    }

    @Test(
        "A termination that may be a repeat is done where neither the customer's orders nor a mailbox show it",
        arguments: [
            (Self.orders(), Self.refusal(404, "OrderNotFound"), .failed),
            (Self.orders(status: "deleted"), Self.refusal(404, "OrderNotFound"), .succeeded),
            (
                .success(.json(#"{"orders":[]}"#)), Self.refusal(404, "OrderNotFound"),
                .succeeded
            ),
            (.success(.json(#"{"orders":[]}"#)), .success(.json(#"{"accounts":[]}"#)), .unsure),
            (Self.refusal(404, "UserNotFound"), .success(HTTPResponse(status: 404)), .unsure),
        ] as [(Result<HTTPResponse, ProviderError>, Result<HTTPResponse, ProviderError>, AttemptOutcome)])
    func terminatedBefore(
        orders: Result<HTTPResponse, ProviderError>, mailboxes: Result<HTTPResponse, ProviderError>,
        expected: AttemptOutcome
    ) async throws {
        let vendor = try Vendor([
            "listMailOrders": orders, "listEmailAccounts": mailboxes,
            "deleteMailOrder": Self.refusal(400, "BAD_REQUEST"),
        ])
        let outcome = try await vendor.bench.runLettingTimePass(
            vendor.bench.action(
                "terminate", provider: "titan-mail", settings: Vendor.settings, parameters: Self.service,
                possibleDuplicate: true))
        #expect(outcome.outcome == expected)
        #expect(vendor.count("deleteMailOrder") == (expected == .failed ? 1 : 0))
    }

    @Test(
        "A renewal without a day ends a cycle after it was asked for, and never shortens a term",
        arguments: [("2026-02-20", 1), ("2026-03-03", 1), ("2026-03-04", 0)])
    func renewal(paidUntil: String, renewals: Int) async throws {
        let vendor = try Vendor([
            "listMailOrders": Self.orders(expiry: paidUntil),
            "modifyMailOrder": .success(.json(#"{"status":"success"}"#)),
        ])
        let outcome = await vendor.run(
            "renew",
            Self.service.merging([
                "domain": "example.com",
                "billing": ["amount": 3, "currency": "USD", "billing_cycle_months": 1],
            ]) { $1 })
        #expect(vendor.count("modifyMailOrder") == renewals)
        #expect(outcome.outcome == (renewals == 1 ? .succeeded : .failed))
        if renewals == 1 { #expect(vendor.body(of: "modifyMailOrder")?["expiryDate"] == "2026-03-03") }
    }

    @Test("A login address is signed, and ends within 5 minutes")
    func login() async throws {
        let vendor = try Vendor([:])
        var action = vendor.bench.action(
            "login", provider: "titan-mail", settings: Vendor.settings, parameters: Self.service)
        action.configuration.settings["login_section"] = "import-email"
        let outcome = await vendor.bench.runner.run(action, isRedelivered: false, traceparent: nil)
        let result = try vendor.bench.sealer.open(
            secretsOf: try #require(outcome.result),
            fields: try #require(OfficeTools.blueprint.function("login")).result,
            context: "\(action.actionID)/result")
        let url = try #require(result["url"]?.stringValue.flatMap { URLComponents(string: $0) })
        #expect(url.queryItems?.first { $0.name == "section" }?.value == "import-email")
        let token = try #require(url.queryItems?.first { $0.name == "jwt" }?.value)
        let parts = token.split(separator: ".")
        #expect(parts.count == 3)
        let claims = try JSONDecoder().decode(JSONValue.self, from: try Self.decoded(parts[1]))
        #expect(claims["titanOrderId"] == "70001")
        let now = Int(ManualAdapterClock.usualStart.milliseconds / 1_000)
        #expect(claims["exp"]?.integerValue == now + 300)
        #expect(
            HMAC<SHA256>.isValidAuthenticationCode(
                try Self.decoded(parts[2]), authenticating: Data("\(parts[0]).\(parts[1])".utf8),
                using: SymmetricKey(data: Data("shared-secret".utf8))))
        #expect(vendor.transport.sent.elements.isEmpty)
    }

    private static func decoded(_ part: Substring) throws -> Data {
        let text = part.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - text.count % 4) % 4)
        return try #require(Data(base64Encoded: text + padding))
    }

    @Test(
        "Refusals have their kinds, and customers are not told the provider's name",
        arguments: [
            (404, "OrderNotFound", .notFound), (404, "DomainNotFound", .notFound),
            (404, "PartnerNotFound", .unauthorized), (401, "UNAUTHENTICATED", .unauthorized),
            (403, "FORBIDDEN", .unauthorized), (400, "BAD_REQUEST", .invalidInput),
            (400, "EXTERNAL_ERROR", .rejected), (429, "TooMany", .rateLimited),
        ] as [(Int, String, ErrorKind)])
    func refusals(status: Int, code: String, kind: ErrorKind) async throws {
        let vendor = try Vendor(["suspendMailOrder": Self.refusal(status, code)])
        let outcome = await vendor.run("suspend", Self.service)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["code"]?.stringValue == code)
        #expect(outcome.error?.message.contains("Titan") == false)
    }

    @Test(
        "The secret is in a header, and odd answers are unavailability",
        arguments: ["<html>", "{}", "[1", ""])
    func oddAnswers(body: String) async throws {
        let vendor = try Vendor(["listMailOrders": .success(.json(body))])
        let outcome = await vendor.run("getInfo", ["service_id": "7/../8?x=&", "customer_id": "c&1#/.."])
        #expect(outcome.error?.kind == .providerUnavailable)
        let request = try #require(vendor.transport.sent.elements.first)
        #expect(request.path == "/v1/partner/listMailOrders")
        #expect(request.query == [.init("customerId", "c&1#/..")])
        #expect(!request.url.contains("shared-secret"))
        #expect(request.headers.contains(.init("Authorization", "shared-secret")))
    }

    @Test(
        "Money is written with its decimals",
        arguments: [(0, "0"), (12.5, "12.50"), (3, "3.00"), (0.1 + 0.2, "0.30"), (12.505, "12.505")])
    func money(amount: Double, text: String) {
        #expect(TitanMailBilling.amount(amount) == .string(text))
    }
}
