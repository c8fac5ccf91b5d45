import AdapterKit
import AdapterTestSupport
@testable import LicensesAdapter
import Models
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("cPanel licences beyond the recordings")
struct CPanelTests {
    private static let jane: [String: JSONValue] = [
        "customer_name": "Jane Doe", "customer_email": "jane@example.com", "ip": "192.0.2.90",
        "package_identifier": "21159",
    ]
    private static let now = ManualAdapterClock.usualStart.milliseconds / 1_000

    private static func manage2(
        group: Int? = nil, _ answers: [String: String]
    ) throws -> ProviderBench {
        var settings: [String: JSONValue] = ["username": "partner", "password": "s3cret-pw"]
        settings["group_id"] = group.map { .integer($0) }
        return try ProviderBench("cpanel", of: LicensesAdapter.self, settings: settings) { request in
            guard let body = answers[String(request.path.dropFirst())] else {
                return .failure(
                    ProviderError(.timedOut, mayHaveTakenEffect: request.isChanging))
            }
            return .success(.json(body))
        }
    }

    private static func license(status: Int = 1, added: Int64 = now, package: Int = 21159) -> String {
        #"{"status":1,"licenses":{"L123456":{"ip":"192.0.2.90","status":"\#(status)","packageid":\#(package),"#
            + #""licenseid":123456,"adddate":"\#(added)"}}}"#
    }

    @Test("A licence whose issuing was lost is found at its address")
    func issuedBefore() async throws {
        let manage2 = try Self.manage2([
            "XMLlookup.cgi": #"{"status":1,"licenseid":"123456"}"#, "XMLlicenseInfo.cgi": Self.license(),
        ])
        let outcome = await manage2.run("create", Self.jane)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(manage2.transport.paths.count { $0 == "/XMLlicenseAdd.cgi" } == 1)
    }

    @Test(
        "Where there is no licence at the address, none was issued",
        arguments: [
            #"{"status":1,"licenseid":null}"#, #"{"status":1,"licenseid":[]}"#, #"{"status":1}"#,
            #"{"status":0,"reason":"No valid license found for 192.0.2.90."}"#,
        ])
    func notIssued(lookup: String) async throws {
        let manage2 = try Self.manage2([
            "XMLlookup.cgi": lookup, "XMLlicenseAdd.cgi": #"{"status":1,"licenseid":"123457"}"#,
        ])
        let outcome = await manage2.run("create", Self.jane, possibleDuplicate: true)
        #expect(outcome.outcome == .succeeded)
        #expect(!outcome.observed)
    }

    @Test(
        "A licence that may be somebody else's is for a person",
        arguments: [
            (#""123456""#, license(added: now - 86_400)), (#""123456""#, license(package: 3)),
            (#""123456""#, license(status: 4)), (#"["123456","123457"]"#, license()),
            (#""123456""#, #"{"status":1,"licenses":[]}"#),
        ])
    func cannotTell(id: String, info: String) async throws {
        let manage2 = try Self.manage2([
            "XMLlookup.cgi": #"{"status":1,"licenseid":\#(id)}"#, "XMLlicenseInfo.cgi": info,
        ])
        #expect(await manage2.run("create", Self.jane, possibleDuplicate: true).outcome == .unsure)
        #expect(!manage2.transport.paths.contains("/XMLlicenseAdd.cgi"))
    }

    @Test(
        "A licence that has expired or is gone is ended; others are not",
        arguments: [
            (license(status: 2), .succeeded, true), (#"{"status":1,"licenses":[]}"#, .succeeded, true),
            (license(status: 4), .succeeded, false), (license(status: 9), .unsure, false),
        ] as [(String, AttemptOutcome, Bool)])
    func endedBefore(info: String, expected: AttemptOutcome, isObserved: Bool) async throws {
        let manage2 = try Self.manage2([
            "XMLlicenseInfo.cgi": info, "XMLlicenseExpire.cgi": #"{"status":1,"reason":"OK"}"#,
        ])
        let outcome = await manage2.run("terminate", ["license_key": 123456], possibleDuplicate: true)
        #expect(outcome.outcome == expected)
        #expect(outcome.observed == isObserved)
        let expired = manage2.transport.paths.count { $0 == "/XMLlicenseExpire.cgi" }
        #expect(expired == (expected == .succeeded && !isObserved ? 1 : 0))
    }

    @Test("A licence is put in the configured group, and the password is in no address")
    func group() async throws {
        let manage2 = try Self.manage2(
            group: 77, ["XMLlicenseAdd.cgi": #"{"status":1,"licenseid":"123457"}"#])
        _ = await manage2.run("create", Self.jane)
        let request = try #require(manage2.last)
        #expect(request.query.contains(.init("groupid", "77")))
        #expect(request.isChanging)
        #expect(!request.url.contains("s3cret-pw"))
    }

    @Test("A licence needs a server and a package", arguments: ["ip", "package_identifier"])
    func needed(field: String) async throws {
        let manage2 = try Self.manage2([:])
        var parameters = Self.jane
        parameters[field] = nil
        #expect(await manage2.run("create", parameters).error?.kind == .invalidInput)
        #expect(manage2.transport.sent.count == 0)
    }

    @Test("A renewal sends nothing, and may be repeated")
    func renewal() async throws {
        let manage2 = try Self.manage2([:])
        let outcome = await manage2.run("renew", ["license_key": "123456"], possibleDuplicate: true)
        #expect(outcome.outcome == .succeeded)
        #expect(manage2.transport.sent.count == 0)
    }

    @Test(
        "Reasons have their kinds, and customers are not told the vendor's name",
        arguments: [
            ("Access Denied", .unauthorized), ("There is no valid license for cPanel.", .notFound),
            ("The IP address is already licensed.", .alreadyExists),
            ("Invalid packageid.", .invalidInput), ("cPanel says no.", .rejected),
        ] as [(String, ErrorKind)])
    func reasons(reason: String, kind: ErrorKind) async throws {
        let manage2 = try Self.manage2(["XMLlicenseAdd.cgi": #"{"status":0,"reason":"\#(reason)"}"#])
        let outcome = await manage2.run("create", Self.jane)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["reason"]?.stringValue == reason)
        #expect(outcome.error?.message.lowercased().contains("cpanel") == false)
    }

    @Test(
        "Answers that are none of Manage2's are unavailability",
        arguments: ["", "<html>", "[]", #"{"status":1"#])
    func strangeAnswers(body: String) async throws {
        let manage2 = try Self.manage2(["XMLlicenseInfo.cgi": body])
        let outcome = await manage2.run("getUsageData", ["license_key": "123456"])
        #expect(outcome.error?.kind == .providerUnavailable)
    }
}
