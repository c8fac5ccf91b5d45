import AdapterKit
import AdapterTestSupport
import Models
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("LogicBoxes beyond the recordings")
struct LogicBoxesTests {
    private static let settings: [String: JSONValue] = ["reseller_id": "12345", "api_key": "lbkey123"]
    /// The moment of the actions, in seconds since 1970, and the same day of later years.
    private static let now = ManualAdapterClock.usualStart.milliseconds / 1_000
    private static let nextYear = now + 365 * 86_400
    private static let laterYear = now + 4 * 365 * 86_400

    /// - Parameter answers: by the last parts of the path; of several to one, the last stays.
    private static func reseller(_ answers: [String: [Registrar.Answer]]) throws -> Registrar {
        let counter = AnswerCounter()
        return try Registrar("logic-boxes", settings: settings) { request in
            let key = answers.keys.first { request.path.hasSuffix("/\($0).json") } ?? ""
            guard let list = answers[key], let last = list.last else { return refusal("No such call") }
            let index = counter.next(key)
            return index < list.count ? list[index] : last
        }
    }

    private static func json(_ text: String) -> Registrar.Answer { .success(.json(text)) }
    private static func refusal(_ reason: String) -> Registrar.Answer {
        .success(.json(#"{"status":"ERROR","message":"\#(reason)"}"#, status: 500))
    }
    private static let notThere = refusal("Website doesn't exist for example.com")
    private static let nothingGoesOn = json(#"{"recsonpage":"0","recsindb":"0"}"#)
    private static let contactAdded = json("9010")
    private static let customer = json(#"{"customerid":"7001"}"#)

    private static func domain(
        _ status: String = "Active", created: Int64 = now, expires: Int64 = nextYear,
        email: String = "jane@example.com", more: String = ""
    ) -> Registrar.Answer {
        json(
            #"{"entityid":"55501","domainname":"example.com","currentstatus":"\#(status)","creationtime":"\#(created)","endtime":"\#(expires)","customerid":"7001","registrantcontact":{"contactid":"9001","emailaddr":"\#(email)"}\#(more)}"#
        )
    }

    // MARK: Registering

    @Test("A registration whose answer is lost is found in the account")
    func registrationLost() async throws {
        let reseller = try Self.reseller([
            "customers/details": [Self.customer], "contacts/add": [Self.contactAdded],
            "domains/register": [Registrar.lost], "domains/details-by-name": [Self.domain()],
        ])
        let outcome = await reseller.run("register", Registrar.registration)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(reseller.count { $0.path.hasSuffix("/register.json") } == 1)
    }

    @Test(
        "A domain that is older than the action, or somebody else's, is not taken for its own",
        arguments: [
            (now - 86_400, "jane@example.com"), (now, "john@example.com"),
        ])
    func foreignDomain(created: Int64, email: String) async throws {
        let reseller = try Self.reseller([
            "customers/details": [Self.customer], "contacts/add": [Self.contactAdded],
            "domains/register": [Self.json(#"{"status":"error","error":"Domain already registered"}"#)],
            "domains/details-by-name": [Self.domain(created: created, email: email)],
        ])
        let outcome = await reseller.run("register", Registrar.registration, possibleDuplicate: true)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
    }

    @Test(
        "A lost registration that the registry may be working on is unsure, another has failed",
        arguments: [
            (#"{"recsonpage":"1","recsindb":"1","1":{"eaqid":"1","description":"Example.com"}}"#, .unsure),
            (#"{"recsonpage":"500","recsindb":"501"}"#, .unsure),
            (#"{"recsonpage":"1","recsindb":"1","1":{"eaqid":"1","description":"example.net"}}"#, .failed),
        ] as [(String, AttemptOutcome)])
    func registrationPending(actions: String, expected: AttemptOutcome) async throws {
        let reseller = try Self.reseller([
            "customers/details": [Self.customer], "contacts/add": [Self.contactAdded],
            "domains/register": [Registrar.lost], "domains/details-by-name": [Self.notThere],
            "actions/search-current": [Self.json(actions)],
        ])
        let outcome = await reseller.run("register", Registrar.registration)
        #expect(outcome.outcome == expected)
    }

    @Test("An accepted registration is waited for by its order, even where it cannot be read at once")
    func registrationDeferred() async throws {
        let reseller = try Self.reseller([
            "customers/details": [Self.customer], "contacts/add": [Self.contactAdded],
            "domains/register": [Self.json(#"{"actionstatus":"PendingExecution","entityid":"55501"}"#)],
            "domains/details-by-name": [.success(HTTPResponse(status: 502))],
            "domains/details": [Self.domain("InActive"), Self.domain("Active")],
        ])
        let first = await reseller.run("register", Registrar.registration)
        #expect(first.outcome == .deferred)
        let reference = try #require(first.deferredReference)
        #expect(reference == "55501")
        let second = await reseller.run("register", Registrar.registration, attempt: 2, reference: reference)
        #expect(second.outcome == .deferred)
        let third = await reseller.run("register", Registrar.registration, attempt: 3, reference: reference)
        #expect(third.outcome == .succeeded)
        #expect(reseller.count { $0.path.hasSuffix("/register.json") } == 1)
    }

    // MARK: Transferring

    @Test("A transfer whose order ends without the domain has failed")
    func transferEnded() async throws {
        let reseller = try Self.reseller(["domains/details": [Self.domain("Deleted")]])
        let outcome = await reseller.run(
            "transfer", Registrar.transfer, attempt: 2, reference: "55502")
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .rejected)
    }

    @Test("A later attempt takes up a transfer that was ordered before instead of ordering it again")
    func transferTakenUp() async throws {
        let reseller = try Self.reseller([
            "domains/details-by-name": [Self.notThere],
            "actions/search-current": [
                Self.json(#"{"recsonpage":"1","recsindb":"1","1":{"description":"example.com"}}"#)
            ],
        ])
        let outcome = await reseller.run("transfer", Registrar.transfer, attempt: 2)
        #expect(outcome.outcome == .deferred)
        #expect(reseller.count { $0.isChanging } == 0)
    }

    // MARK: Renewing

    @Test(
        "A renewal whose answer is lost is looked for by the expiry",
        arguments: [
            (laterYear, laterYear + 365 * 86_400, .succeeded), (laterYear, laterYear, .unsure),
            (now, now, .failed),
        ] as [(Int64, Int64, AttemptOutcome)])
    func renewalLost(before: Int64, after: Int64, expected: AttemptOutcome) async throws {
        let reseller = try Self.reseller([
            "domains/details-by-name": [Self.domain(expires: before), Self.domain(expires: after)],
            "domains/renew": [Registrar.lost], "actions/search-current": [Self.nothingGoesOn],
        ])
        let outcome = await reseller.run("renew", Registrar.renewal)
        #expect(outcome.outcome == expected)
        #expect(reseller.count { $0.path.hasSuffix("/renew.json") } == 1)
        let form = reseller.transport.sent.elements.first { $0.isChanging }?.bodyText ?? ""
        #expect(form.contains("exp-date=\(before)&"))
    }

    @Test(
        "A possible repeat renews only a domain that has surely not been renewed",
        arguments: [(now + 86_400, 1), (nextYear, 0)] as [(Int64, Int)])
    func renewalRepeated(expires: Int64, renewals: Int) async throws {
        let reseller = try Self.reseller([
            "domains/details-by-name": [Self.domain(expires: expires)],
            "domains/renew": [Self.json(#"{"actionstatus":"Success"}"#)],
            "actions/search-current": [Self.nothingGoesOn],
        ])
        let outcome = await reseller.run("renew", Registrar.renewal, possibleDuplicate: true)
        #expect(outcome.outcome == (renewals == 1 ? .succeeded : .unsure))
        #expect(reseller.count { $0.path.hasSuffix("/renew.json") } == renewals)
    }

    // MARK: Releasing

    @Test(
        "A release that may be a repeat is done when the domain is registered elsewhere",
        arguments: [("regthroughothers", .succeeded), ("available", .unsure)] as [(String, AttemptOutcome)])
    func released(status: String, expected: AttemptOutcome) async throws {
        let reseller = try Self.reseller([
            "domains/details-by-name": [Self.notThere],
            "domains/available": [Self.json(#"{"example.co.uk":{"status":"\#(status)"}}"#)],
        ])
        let outcome = await reseller.run(
            "updateIpsTag", ["sld": "example", "tld": "co.uk", "ips_tag": "OTHER"], possibleDuplicate: true)
        #expect(outcome.outcome == expected)
        #expect(reseller.count { $0.isChanging } == 0)
    }

    // MARK: Answers and requests

    @Test(
        "Reasons have their kinds, and customers are not told the registrar's name",
        arguments: [
            ("Website doesn't exist for example.com", .notFound), ("Access Denied", .unauthorized),
            ("Domain already in our database", .alreadyExists), ("Invalid nameserver", .invalidInput),
            ("An unexpected error has occurred", .providerUnavailable), ("LogicBoxes says no", .rejected),
        ] as [(String, ErrorKind)])
    func reasons(reason: String, kind: ErrorKind) async throws {
        let reseller = try Self.reseller([
            "domains/details-by-name": [Self.domain()], "domains/modify-ns": [Self.refusal(reason)],
        ])
        let outcome = await reseller.run("updateNameservers", Self.nameservers)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["reason"]?.stringValue == reason)
        #expect(outcome.error?.message.lowercased().contains("logicboxes") == false)
    }

    @Test(
        "Answers that are none of the API's are unavailability",
        arguments: ["{}", "[]", "null", "7", "<html>", "", #"{"entityid":"1""#, #"{"domainname":"a.com"}"#])
    func strangeAnswers(body: String) async throws {
        let reseller = try Self.reseller(["domains/details-by-name": [Self.json(body)]])
        let outcome = await reseller.run("getInfo", Registrar.example)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .providerUnavailable)
    }

    @Test("What changes something has neither key nor code in the address, and hostile values stay data")
    func requests() async throws {
        let reseller = try Self.reseller([
            "domains/details-by-name": [Self.domain()],
            "domains/modify-ns": [Self.json(#"{"status":"Success"}"#)],
        ])
        var parameters = Self.nameservers
        parameters["ns2"] = ["host": "ns2.example.net&api-key=other#?"]
        _ = await reseller.run("updateNameservers", parameters)
        let change = try #require(reseller.transport.sent.elements.first { $0.isChanging })
        #expect(!change.url.contains("lbkey123"))
        let fields = change.bodyText.flatMap(PercentEncoding.fields) ?? []
        #expect(fields.filter { $0.name == "api-key" } == [.init("api-key", "lbkey123")])
        #expect(fields.contains(.init("ns", "ns2.example.net&api-key=other#?")))
    }

    private static let nameservers = Registrar.example.merging([
        "ns1": ["host": "ns1.example.net"], "ns2": ["host": "ns2.example.net"],
    ]) { $1 }
}
