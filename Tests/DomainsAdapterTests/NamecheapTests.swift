import AdapterKit
import AdapterTestSupport
import Models
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("Namecheap beyond the recordings")
struct NamecheapTests {
    private static let settings: [String: JSONValue] = [
        "username": "acme", "api_token": "nckey123", "client_ip": "192.0.2.10",
    ]

    /// - Parameter answers: by command, with the list after a space where one is asked for; of several to one, the last
    ///   stays.
    private static func account(
        _ answers: [String: [Registrar.Answer]], settings: [String: JSONValue] = settings
    ) throws -> Registrar {
        let counter = AnswerCounter()
        return try Registrar("namecheap", settings: settings) { request in
            func field(_ name: String) -> String? { request.query.first { $0.name == name }?.value }
            let command = field("command")?.replacing("namecheap.", with: "") ?? ""
            let key = [command, field("ListType")].compactMap { $0 }.joined(separator: " ")
            guard let list = answers[key], let last = list.last else {
                return refusal("2011170", "No such call")
            }
            let index = counter.next(key)
            return index < list.count ? list[index] : last
        }
    }

    private static func done(_ content: String) -> Registrar.Answer {
        .success(
            .xml(
                #"<?xml version="1.0"?><ApiResponse Status="OK" xmlns="http://api.namecheap.com/xml.response"><Errors/><CommandResponse>\#(content)</CommandResponse></ApiResponse>"#
            ))
    }
    private static func refusal(_ code: String, _ reason: String) -> Registrar.Answer {
        .success(
            .xml(
                #"<ApiResponse Status="ERROR"><Errors><Error Number="\#(code)">\#(reason)</Error></Errors></ApiResponse>"#
            ))
    }
    private static func domain(
        created: String = "02/03/2026", expires: String = "02/03/2027", isOwner: Bool = true
    ) -> Registrar.Answer {
        done(
            #"<DomainGetInfoResult Status="Ok" ID="9007" DomainName="example.com" IsOwner="\#(isOwner)"><DomainDetails><CreatedDate>\#(created)</CreatedDate><ExpiredDate>\#(expires)</ExpiredDate></DomainDetails></DomainGetInfoResult>"#
        )
    }
    private static func transfers(_ list: String = "") -> Registrar.Answer {
        done("<TransferGetListResult>\(list)</TransferGetListResult>")
    }
    private static let notThere = refusal("2019166", "Domain not found")
    private static let free = done(
        #"<DomainCheckResult Domain="example.com" Available="true" IsPremiumName="false"/>"#)
    private static let success = done(#"<Result IsSuccess="true"/>"#)
    private static let reads: [String: [Registrar.Answer]] = [
        "domains.check": [free],
        "domains.getRegistrarLock": [done(#"<DomainGetRegistrarLockResult RegistrarLockStatus="true"/>"#)],
        "domains.getContacts": [
            done(
                "<DomainContactsResult><Registrant><FirstName>Jane</FirstName><JobTitle>Owner</JobTitle><EmailAddress>Jane@example.com</EmailAddress></Registrant></DomainContactsResult>"
            )
        ],
    ]

    // MARK: Registering

    @Test(
        "A registration whose answer is lost is found in the account if it is no older than the action",
        arguments: [("02/03/2026", .succeeded), ("02/01/2026", .failed)] as [(String, AttemptOutcome)])
    func registrationLost(created: String, expected: AttemptOutcome) async throws {
        let account = try Self.account(
            Self.reads.merging([
                "domains.create": [Registrar.lost], "domains.getinfo": [Self.domain(created: created)],
            ]) { $1 })
        let outcome = await account.run("register", Registrar.registration)
        #expect(outcome.outcome == expected)
        #expect(outcome.observed == (expected == .succeeded))
        #expect(account.count { $0.isChanging } == 1)
    }

    @Test("A name with a price of its own is not bought")
    func premium() async throws {
        let premium = Self.done(
            #"<DomainCheckResult Domain="example.com" Available="true" IsPremiumName="true"/>"#)
        let account = try Self.account(["domains.check": [premium]])
        let outcome = await account.run("register", Registrar.registration)
        #expect(outcome.error?.kind == .rejected)
        #expect(account.count { $0.isChanging } == 0)
    }

    @Test("Additional fields are sent along, but cannot take the place of others")
    func additionalFields() async throws {
        let account = try Self.account(
            Self.reads.merging([
                "domains.create": [Self.success], "domains.getinfo": [Self.domain()],
            ]) { $1 })
        var parameters = Registrar.registration
        parameters["additional_fields"] = ["RegistrantNexus": "C11"]
        #expect(await account.run("register", parameters).outcome == .succeeded)
        let create = try #require(account.transport.sent.elements.first { $0.isChanging })
        #expect(create.query.contains(.init("RegistrantNexus", "C11")))
        parameters["additional_fields"] = ["years": "10"]
        #expect(await account.run("register", parameters).error?.kind == .invalidInput)
    }

    // MARK: Transferring

    @Test("A transfer is waited for until the domain is there, and has failed when it is cancelled")
    func transfer() async throws {
        let account = try Self.account(
            Self.reads.merging([
                "domains.getinfo": [Self.notThere, Self.notThere, Self.domain()],
                "domains.transfer.getlist INPROGRESS": [Self.transfers()],
                "domains.transfer.create": [
                    Self.done(#"<DomainTransferCreateResult Transfer="true" TransferID="15"/>"#)
                ],
                "domains.transfer.getlist CANCELLED": [
                    Self.transfers(
                        #"<Transfer ID="14" DomainName="example.com"/><Transfer ID="15" DomainName="my-example.com"/>"#
                    )
                ],
            ]) { $1 })
        let first = await account.run("transfer", Registrar.transfer)
        #expect(first.outcome == .deferred)
        #expect(first.deferredReference == "15")
        let second = await account.run("transfer", Registrar.transfer, attempt: 2, reference: "15")
        #expect(second.outcome == .deferred)
        let third = await account.run("transfer", Registrar.transfer, attempt: 3, reference: "15")
        #expect(third.outcome == .succeeded)
        #expect(account.count { $0.isChanging } == 1)

        let cancelled = try Self.account([
            "domains.getinfo": [Self.notThere],
            "domains.transfer.getlist CANCELLED": [
                Self.transfers(#"<Transfer ID="15" DomainName="example.com" Status="CANCELLED"/>"#)
            ],
        ])
        let outcome = await cancelled.run("transfer", Registrar.transfer, attempt: 2, reference: "15")
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .rejected)
    }

    @Test(
        "A possible repeat of a transfer counts as done only if one was completed since",
        arguments: [("02/04/2026", .succeeded), ("01/04/2026", .unsure)] as [(String, AttemptOutcome)])
    func transferRepeated(date: String, expected: AttemptOutcome) async throws {
        let account = try Self.account(
            Self.reads.merging([
                "domains.getinfo": [Self.domain(created: "02/01/2020")],
                "domains.transfer.getlist COMPLETED": [
                    Self.transfers(#"<Transfer ID="15" DomainName="example.com" StatusDate="\#(date)"/>"#)
                ],
            ]) { $1 })
        let outcome = await account.run("transfer", Registrar.transfer, possibleDuplicate: true)
        #expect(outcome.outcome == expected)
        #expect(account.count { $0.isChanging } == 0)
    }

    // MARK: Renewing

    @Test(
        "A renewal whose answer is lost is looked for by the expiry",
        arguments: [
            ("02/10/2028", "02/10/2029", .succeeded), ("02/10/2028", "02/10/2028", .unsure),
            ("02/10/2026", "02/10/2026", .failed),
        ] as [(String, String, AttemptOutcome)])
    func renewalLost(before: String, after: String, expected: AttemptOutcome) async throws {
        let account = try Self.account(
            Self.reads.merging([
                "domains.getinfo": [Self.domain(expires: before), Self.domain(expires: after)],
                "domains.renew": [Registrar.lost],
            ]) { $1 })
        let outcome = await account.run("renew", Registrar.renewal)
        #expect(outcome.outcome == expected)
        #expect(account.count { $0.isChanging } == 1)
    }

    @Test("A renewal that was done stays done where the domain cannot be read afterwards")
    func renewalUnread() async throws {
        let account = try Self.account([
            "domains.getinfo": [Self.domain(expires: "02/29/2028"), .success(HTTPResponse(status: 502))],
            "domains.renew": [Self.done(#"<DomainRenewResult Renew="true"/>"#)],
        ])
        let outcome = await account.run("renew", Registrar.renewal)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.result?["expires_at"] == "2029-02-28 00:00:00")
    }

    // MARK: Changes and answers

    @Test("What the registrar keeps of a contact besides is sent back when another one is changed")
    func otherContacts() async throws {
        let account = try Self.account(Self.reads.merging(["domains.setContacts": [Self.success]]) { $1 })
        _ = await account.run(
            "updateContact",
            Registrar.example.merging(["contact": Registrar.person, "contact_type": "admin"]) { $1 })
        let change = try #require(account.transport.sent.elements.first { $0.isChanging })
        #expect(change.query.contains(.init("RegistrantJobTitle", "Owner")))
        #expect(change.query.contains(.init("AdminPhone", "+44.2079460123")))
    }

    @Test("A result that says no is no success")
    func saysNo() async throws {
        let account = try Self.account(
            Self.reads.merging(["domains.setContacts": [Self.done(#"<Result IsSuccess="false"/>"#)]]) { $1 })
        let outcome = await account.run(
            "updateContact",
            Registrar.example.merging(["contact": Registrar.person, "contact_type": "admin"]) { $1 })
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .rejected)
    }

    @Test(
        "Numbers and reasons have their kinds, and customers are not told the registrar's name",
        arguments: [
            ("2019166", "Domain not found", .notFound), ("1011102", "API Key is invalid", .unauthorized),
            ("500000", "Too many requests", .rateLimited),
            ("2011147", "Nameserver is invalid", .invalidInput),
            ("2515610", "Namecheap says no", .rejected),
            ("5050900", "Unhandled exceptions", .providerUnavailable),
        ] as [(String, String, ErrorKind)])
    func reasons(code: String, reason: String, kind: ErrorKind) async throws {
        let account = try Self.account(["domains.getinfo": [Self.refusal(code, reason)]])
        let outcome = await account.run("getInfo", Registrar.example)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.message.lowercased().contains("namecheap") == false)
    }

    @Test(
        "Answers that are none of the API's are unavailability",
        arguments: [
            "", "{}", "<html>", "<html></html>", "<ApiResponse/>", #"<ApiResponse Status="OK"/>"#,
            #"<ApiResponse Status="OK"><CommandResponse/></ApiResponse>"#,
            #"<!DOCTYPE a [<!ENTITY b "c">]><ApiResponse Status="OK">&b;</ApiResponse>"#,
        ])
    func strangeAnswers(body: String) async throws {
        let account = try Self.account(["domains.getinfo": [.success(.xml(body))]])
        let outcome = await account.run("getInfo", Registrar.example)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .providerUnavailable)
    }

    @Test("Without the address that the registrar wants nothing is sent, and another's domain is not shown")
    func limits() async throws {
        let bare = try Self.account([:], settings: ["username": "acme", "api_token": "nckey123"])
        #expect(await bare.run("getInfo", Registrar.example).error?.kind == .internal)
        #expect(bare.transport.sent.elements.isEmpty)
        let account = try Self.account(["domains.getinfo": [Self.domain(isOwner: false)]])
        #expect(await account.run("getInfo", Registrar.example).error?.kind == .notFound)
    }
}
