import AdapterKit
import AdapterTestSupport
import Foundation
@testable import LicensesAdapter
import Models
import TestSupport
import ServiceRuntime
import Testing

/// What the recordings do not show.
@Suite("WHMCS licences beyond the recordings")
struct WHMCSTests {
    private static let license: [String: JSONValue] = ["license_key": "Leased-abc123"]
    private static let jane: [String: JSONValue] = [
        "customer_name": "Jane Doe", "customer_email": "jane@example.com", "package_identifier": "plus",
    ]

    /// - Parameter answers: what stands within `response`, by action.
    private static func vendor(_ answers: [String: String]) throws -> ProviderBench {
        let settings: [String: JSONValue] = ["email": "reseller@example.com", "api_key": "wkey"]
        return try ProviderBench("whmcs", of: LicensesAdapter.self, settings: settings) { request in
            let action = request.query.first { $0.name == "action" }?.value ?? ""
            guard let body = answers[action] else {
                return .failure(ProviderError(.timedOut, mayHaveTakenEffect: request.isChanging))
            }
            return .success(
                HTTPResponse(status: 200, body: Data("<?xml version=\"1.0\"?>\(body)".utf8)))
        }
    }

    private static func found(_ status: String) -> String {
        "<response><result>success</result><licenses><license><key>Leased-abc123</key>"
            + "<status>\(status)</status></license></licenses></response>"
    }

    private static func refusal(_ message: String) -> String {
        "<response><result>error</result><message>\(message)</message></response>"
    }

    @Test("An issuing that was lost is for a person, for nothing tells it from another")
    func lost() async throws {
        let vendor = try Self.vendor([:])
        #expect(await vendor.run("create", Self.jane).outcome == .unsure)
        #expect(vendor.transport.sent.count == 1)
    }

    @Test(
        "A licence that is cancelled or gone is ended; others are not",
        arguments: [
            (found("Cancelled"), .succeeded, true),
            ("<response><result>success</result><licenses/></response>", .succeeded, true),
            (refusal("License Key Not Found"), .succeeded, true), (found("Active"), .succeeded, false),
            (found("Odd"), .unsure, false), (refusal("Authentication Failed"), .unsure, false),
        ] as [(String, AttemptOutcome, Bool)])
    func endedBefore(search: String, expected: AttemptOutcome, isObserved: Bool) async throws {
        let vendor = try Self.vendor([
            "searchlicenses": search, "cancel": "<response><result>success</result></response>",
        ])
        let outcome = await vendor.run("terminate", Self.license, possibleDuplicate: true)
        #expect(outcome.outcome == expected)
        #expect(outcome.observed == isObserved)
        let isCancelled = vendor.last?.query.contains(.init("action", "cancel")) == true
        #expect(isCancelled == (expected == .succeeded && !isObserved))
    }

    @Test("A cancellation whose answer was lost is looked at")
    func lostCancellation() async throws {
        let vendor = try Self.vendor(["searchlicenses": Self.found("Cancelled")])
        let outcome = await vendor.run("terminate", Self.license)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
    }

    @Test("Everything that is told of a licence is shown, and of no other one")
    func facts() async throws {
        let vendor = try Self.vendor([
            "searchlicenses": """
            <response><result>success</result><licenses><license><key>Leased-abc123-x</key></license>
            <license><key>Leased-abc123</key><addons><addon>a</addon><addon>b</addon></addons><ip/></license>
            </licenses></response>
            """
        ])
        let outcome = await vendor.run("getUsageData", Self.license)
        // It is a secret, because the key may be anywhere in it.
        let sealed = try #require(outcome.result?["usage_data"]?.stringValue)
        let usage = try vendor.bench.sealer.open(sealed, context: "\(outcome.actionID)/result/usage_data")
        #expect(
            usage == [
                "license": ["key": "Leased-abc123", "addons": ["addon": ["a", "b"]], "ip": ""]
            ])
    }

    @Test(
        "Messages have their kinds, and customers are not told the vendor's name",
        arguments: [
            ("Authentication Failed", .unauthorized), ("License Key Not Found", .notFound),
            ("Already cancelled", .alreadyExists), ("Invalid product", .invalidInput),
            ("WHMCS says no", .rejected),
        ] as [(String, ErrorKind)])
    func messages(message: String, kind: ErrorKind) async throws {
        let vendor = try Self.vendor(["upgrade": Self.refusal(message)])
        let outcome = await vendor.run(
            "changePackage", Self.license.merging(["package_identifier": "plus"]) { $1 })
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["message"]?.stringValue == message)
        #expect(outcome.error?.message.lowercased().contains("whmcs") == false)
    }

    @Test(
        "Answers that are none of the licence API's are unavailability",
        arguments: ["", "<response>", "<html><body/></html>", "{}"])
    func strangeAnswers(body: String) async throws {
        let vendor = try Self.vendor(["searchlicenses": body])
        let outcome = await vendor.run("getUsageData", Self.license)
        #expect(outcome.error?.kind == .providerUnavailable)
    }
}
