import AdapterKit
import AdapterTestSupport
import Foundation
import Models
import TestSupport
import Testing

@testable import DomainsAdapter

/// What the recordings do not show.
@Suite("OpenSRS beyond the recordings")
struct OpenSRSTests {
    private static let settings: [String: JSONValue] = ["username": "acme", "key": "0123456789abcdef"]

    /// - Parameter answers: by action, with the type after a space where one is asked for; of several to one, the last
    ///   stays.
    private static func account(
        _ answers: [String: [Registrar.Answer]], provider: String = "opensrs",
        settings: [String: JSONValue] = settings
    ) throws -> Registrar {
        let counter = AnswerCounter()
        return try Registrar(provider, settings: settings) { request in
            let message = content(of: request)
            let words = [message?["action"], message?["attributes"]?["type"]].compactMap { $0?.stringValue }
            let key = words.joined(separator: " ").lowercased()
            guard let list = answers[key], let last = list.last else { return answer(430, "Invalid command") }
            let index = counter.next(key)
            return index < list.count ? list[index] : last
        }
    }

    private static func content(of request: HTTPRequest) -> JSONValue? {
        guard let text = request.bodyText, let root = try? XMLValue(document: Data(text.utf8)) else {
            return nil
        }
        return JSONValue(envelope: root)
    }

    private static func answer(
        _ code: Int = 200, _ text: String = "Command successful", _ attributes: XCPValue = [:]
    ) -> Registrar.Answer {
        let message: XCPValue = [
            "is_success": (200..<300).contains(code) ? "1" : "0", "response_code": .text("\(code)"),
            "response_text": .text(text), "attributes": attributes,
        ]
        return .success(.xml(message.envelope))
    }
    private static func domain(
        expires: String = "2027-02-03 10:11:12", email: String = "jane@example.com"
    ) -> Registrar.Answer {
        answer(
            200, "Command successful",
            [
                "contact_set": ["owner": ["email": .text(email), "first_name": "Jane"]],
                "expiredate": .text(expires),
            ])
    }
    private static func list(_ name: String, _ items: [XCPValue]) -> Registrar.Answer {
        answer(200, "Command successful", .members([(name, .list(items))]))
    }
    private static let notThere = answer(415, "Registrant (end-user) authentication error.")
    private static let reads: [String: [Registrar.Answer]] = [
        "get status": [answer(200, "Command successful", ["lock_state": "1"])],
        "get whois_privacy_state": [answer(200, "Command successful", ["state": "enabled"])],
        "get": [list("nameserver_list", [])],
    ]

    // MARK: Signing

    @Test("A message is signed with the key as the vendor wants it")
    func signature() throws {
        let file = Bundle.module.bundleURL.appending(path: "Wire/domains/opensrs/renew-success.json")
        let recording = try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: file))
        for exchange in recording["exchanges"]?.arrayValue ?? [] {
            let body = try #require(exchange["request"]?["body"]?.stringValue)
            let key = try #require(recording["configuration"]?["key"]?.stringValue)
            let signature = exchange["request"]?["headers"]?["X-Signature"]?.stringValue
            #expect(OpenSRSSignature.of(body, key: key) == signature)
        }
    }

    @Test("The signature is that of the text as it is sent, hostile values stay data, and the key stays here")
    func request() async throws {
        let account = try Self.account(["modify": [Self.answer(465, "Invalid tag")]])
        let tag = "<item key=\"x\">&]]>\u{0}</item>"
        _ = await account.run("updateIpsTag", ["sld": "example", "tld": "co.uk", "ips_tag": .string(tag)])
        let request = try #require(account.transport.sent.elements.first)
        let text = try #require(request.bodyText)
        #expect(
            request.headers.contains(.init("X-Signature", OpenSRSSignature.of(text, key: "0123456789abcdef")))
        )
        #expect(!text.contains("0123456789abcdef") && !request.url.contains("0123456789abcdef"))
        let attributes = Self.content(of: request)?["attributes"]
        #expect(attributes?["gaining_registrar_tag"]?.stringValue == tag.replacing("\u{0}", with: ""))
        #expect(attributes?["x"] == nil)
    }

    @Test(
        "HRS is asked at its own address, with its certificate checked unless the configuration says otherwise"
    )
    func brand() async throws {
        for skips in [false, true] {
            let account = try Self.account(
                ["get all_info": [Self.notThere]], provider: "hrs",
                settings: Self.settings.merging([
                    "hostname": "api.example.net", "port": 5_000, "skip_ssl_verification": .bool(skips),
                ]) { $1 })
            #expect(await account.run("getInfo", Registrar.example).error?.kind == .notFound)
            let request = try #require(account.transport.sent.elements.first)
            #expect(request.host == "api.example.net" && request.port == 5_000)
            #expect(request.tls.isVerified == !skips)
        }
    }

    // MARK: Registering

    @Test(
        "A registration whose answer is lost is looked for among the orders",
        arguments: [
            (["completed"], "jane@example.com", .succeeded), (["completed"], "john@example.com", .unsure),
            (["pending"], "jane@example.com", .unsure), (["declined"], "jane@example.com", .failed),
            ([], "jane@example.com", .failed),
        ] as [([String], String, AttemptOutcome)])
    func registrationLost(statuses: [String], email: String, expected: AttemptOutcome) async throws {
        let account = try Self.account(
            Self.reads.merging([
                "sw_register": [Registrar.lost], "get all_info": [Self.domain(email: email)],
                "get_orders_by_domain new": [
                    Self.list("orders", statuses.map { ["id": "3001", "status": .text($0)] })
                ],
            ]) { $1 })
        let outcome = await account.run("register", Registrar.registration)
        #expect(outcome.outcome == expected)
        #expect(account.count { $0.isChanging } == 1)
        let look = account.transport.sent.elements.compactMap { Self.content(of: $0)?["attributes"] }
            .first { $0["order_from"] != nil }
        #expect(look?["order_from"] == "2026-02-02")
    }

    @Test(
        "An order that is held back is waited for until it is completed or declined",
        arguments: [("completed", .succeeded), ("pending", .deferred), ("declined", .failed)]
            as [(String, AttemptOutcome)])
    func registrationPolled(status: String, expected: AttemptOutcome) async throws {
        let account = try Self.account(
            Self.reads.merging([
                "get_order_info": [
                    Self.answer(200, "Command successful", ["field_hash": ["status": .text(status)]])
                ], "get all_info": [Self.domain()],
            ]) { $1 })
        let outcome = await account.run("register", Registrar.registration, attempt: 2, reference: "3001")
        #expect(outcome.outcome == expected)
        #expect(account.count { $0.isChanging } == 0)
    }

    // MARK: Transferring

    @Test(
        "A transfer is polled by its own order",
        arguments: [("pending_owner", .deferred), ("cancelled", .failed)] as [(String, AttemptOutcome)])
    func transferPolled(status: String, expected: AttemptOutcome) async throws {
        let account = try Self.account([
            "get all_info": [Self.notThere],
            "get_transfers_in": [
                Self.list(
                    "transfers",
                    [
                        ["order_id": "98", "status": "cancelled"],
                        ["order_id": "99", "status": .text(status)],
                    ])
            ],
        ])
        let outcome = await account.run("transfer", Registrar.transfer, attempt: 2, reference: "99")
        #expect(outcome.outcome == expected)
    }

    @Test(
        "A possible repeat of a transfer counts as done only if it was ordered since",
        arguments: [(1_770_113_472, .succeeded), (1_770_000_000, .unsure)] as [(Int, AttemptOutcome)])
    func transferRepeated(orderedAt: Int, expected: AttemptOutcome) async throws {
        let account = try Self.account(
            Self.reads.merging([
                "get all_info": [Self.domain()],
                "get_transfers_in": [
                    Self.list(
                        "transfers",
                        [["status": "completed", "order_date_epoch": .text("\(orderedAt)")]])
                ],
            ]) { $1 })
        let outcome = await account.run("transfer", Registrar.transfer, possibleDuplicate: true)
        #expect(outcome.outcome == expected)
        #expect(account.count { $0.isChanging } == 0)
    }

    // MARK: Renewing

    @Test(
        "A renewal whose answer is lost is looked for by the expiry and the orders",
        arguments: [
            ("2029-02-10 00:00:00", 0, .succeeded), ("2028-02-10 00:00:00", 1, .unsure),
            ("2028-02-10 00:00:00", 0, .failed),
        ] as [(String, Int, AttemptOutcome)])
    func renewalLost(after: String, orders: Int, expected: AttemptOutcome) async throws {
        let account = try Self.account(
            Self.reads.merging([
                "get all_info": [Self.domain(expires: "2028-02-10 00:00:00"), Self.domain(expires: after)],
                "renew": [Registrar.lost],
                "get_orders_by_domain renewal": [
                    Self.list("orders", Array(repeating: ["status": "completed"], count: orders))
                ],
            ]) { $1 })
        let outcome = await account.run("renew", Registrar.renewal)
        #expect(outcome.outcome == expected)
        let change = try #require(account.transport.sent.elements.first { $0.isChanging })
        #expect(Self.content(of: change)?["attributes"]?["currentexpirationyear"] == "2028")
    }

    // MARK: Changes and answers

    @Test(
        "A glue record stays within its domain and has one address of a kind",
        arguments: [
            ["hostname": "ns1.example.net", "ip_1": "192.0.2.1"],
            ["hostname": "ns1", "ip_1": "192.0.2.1", "ip_2": "192.0.2.2"],
        ] as [[String: JSONValue]])
    func glueRecords(parameters: [String: JSONValue]) async throws {
        let account = try Self.account([:])
        let outcome = await account.run("setGlueRecord", Registrar.example.merging(parameters) { $1 })
        #expect(outcome.error?.kind == .invalidInput)
        #expect(account.transport.sent.elements.isEmpty)
    }

    @Test("A change that the whole answer calls done but the domain's own part does not is none")
    func partlyDone() async throws {
        let details: XCPValue = [
            "details": ["example.com": ["response_code": "465", "response_text": "Invalid city"]]
        ]
        let account = try Self.account(["update_contacts": [Self.answer(200, "Done", details)]])
        let outcome = await account.run(
            "updateContact",
            Registrar.example.merging(["contact": Registrar.person, "contact_type": "admin"]) { $1 })
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .invalidInput)
    }

    @Test(
        "Codes have their kinds, and customers are not told the registrar's name",
        arguments: [
            (310, .rateLimited), (400, .providerUnavailable), (410, .unauthorized), (415, .notFound),
            (460, .invalidInput), (480, .notFound), (485, .alreadyExists), (487, .rejected),
        ] as [(Int, ErrorKind)])
    func codes(code: Int, kind: ErrorKind) async throws {
        let account = try Self.account(["modify": [Self.answer(code, "OpenSRS says no")]])
        let outcome = await account.run("setLock", Registrar.example.merging(["lock": true]) { $1 })
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["code"] == .integer(code))
        #expect(outcome.error?.message.lowercased().contains("opensrs") == false)
    }

    @Test(
        "Answers that are none of the API's are unavailability",
        arguments: [
            "", "{}", "<html>", "<OPS_envelope/>",
            "<OPS_envelope><body><data_block/></body></OPS_envelope>",
            #"<OPS_envelope><body><data_block><dt_assoc><item key="is_success">maybe</item></dt_assoc></data_block></body></OPS_envelope>"#,
        ])
    func strangeAnswers(body: String) async throws {
        let account = try Self.account(["get all_info": [.success(.xml(body))]])
        let outcome = await account.run("getInfo", Registrar.example)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .providerUnavailable)
    }

    @Test("What an ending does not have is left out of what is told of a domain")
    func partsRefused() async throws {
        let account = try Self.account([
            "get all_info": [Self.domain()], "get status": Self.reads["get status"] ?? [],
            "get whois_privacy_state": [Self.answer(465, "Not for this ending")],
            "get": [Self.answer(480, "None")],
        ])
        let outcome = await account.run("getInfo", Registrar.example)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.result?["locked"] == true)
        #expect(outcome.result?["whois_privacy"] == nil)
        #expect(outcome.result?["statuses"] == ["lock_state: 1"])
    }
}
