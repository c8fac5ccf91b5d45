import AdapterKit
import AdapterTestSupport
@testable import AutoLoginAdapter
import Foundation
import Models
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("SpamExperts beyond the recordings")
struct SpamExpertsTests {
    private static let domain: [String: JSONValue] = ["user_id": 42, "service_identifier": "example.com"]
    private static let account: [String: JSONValue] = ["username": "example.com"]

    /// - Parameter answers: by the first two parts of the path behind `/api/`.
    private static func panel(
        _ answers: [String: String], dashboard: String = "https://se.example.com"
    ) throws -> ProviderBench {
        let settings: [String: JSONValue] = [
            "dashboard_url": .string(dashboard), "username": "admin", "password": "sepw",
        ]
        return try ProviderBench("spam-experts", of: AutoLoginAdapter.self, settings: settings) { request in
            let call = request.path.split(separator: "/").drop { $0 != "api" }.dropFirst().prefix(2)
            guard let body = answers[call.joined(separator: "/")] else {
                return .failure(ProviderError(.timedOut, mayHaveTakenEffect: request.isChanging))
            }
            return .success(HTTPResponse(status: 200, body: Data(body.utf8)))
        }
    }

    @Test(
        "A domain that is there may be somebody else's; one that is not was not added",
        arguments: [(1, .unsure), (0, .failed)] as [(Int, AttemptOutcome)])
    func lostAddition(present: Int, expected: AttemptOutcome) async throws {
        let panel = try Self.panel([
            "domain/exists": #"{"present":\#(present)}"#,
            "productslist/get": #"["incoming","privatelabel"]"#,
        ])
        #expect(await panel.run("create", Self.domain).outcome == expected)
        #expect(panel.transport.paths.count { $0.contains("/domain/add/") } == 1)
    }

    @Test("A removal whose answer was lost is looked at", arguments: [(0, true), (1, false)])
    func lostRemoval(present: Int, isDone: Bool) async throws {
        let panel = try Self.panel(["domain/exists": #"{"present":"\#(present)"}"#])
        let outcome = await panel.run("terminate", Self.account)
        #expect(outcome.outcome == (isDone ? .succeeded : .failed))
        #expect(outcome.observed == isDone)
    }

    @Test("A product that is not known is refused before anything is done")
    func unknownProduct() async throws {
        let panel = try Self.panel([:])
        let outcome = await panel.run(
            "create", Self.domain.merging(["package_identifier": "incoming,gold"]) { $1 })
        #expect(outcome.error?.kind == .invalidInput)
        #expect(panel.transport.sent.count == 0)
    }

    @Test("A name cannot lead to another call", arguments: ["a/b", "..", "", "a%2Fb", "a\\b"])
    func hostile(name: String) async throws {
        let panel = try Self.panel(["domain/remove": "SUCCESS"])
        #expect(await panel.run("terminate", ["username": .string(name)]).error?.kind == .invalidInput)
        #expect(panel.transport.sent.count == 0)
    }

    @Test("A panel may lie in a folder, and its address may end in a slash")
    func folder() async throws {
        let panel = try Self.panel(
            ["authticket/create": "0123456789abcdef0123456789abcdef\n"],
            dashboard: "https://se.example.com:8443/panel/")
        let provider = SpamExpertsProvider(
            configuration: .init(
                dashboardURL: "https://se.example.com:8443/panel/", username: "admin", password: "sepw"),
            context: panel.context)
        let login = try await provider.login(.init(username: "example.com"))
        #expect(login.url == "https://se.example.com:8443/panel?authticket=0123456789abcdef0123456789abcdef")
        #expect(
            panel.last?.url == "https://se.example.com:8443/panel/api/authticket/create/username/example.com")
        #expect(panel.last?.url.contains("sepw") == false)
    }

    @Test(
        "Words have their kinds, and customers are not told the vendor's name",
        arguments: [
            ("ERROR: Domain 'example.com' does not exist", .notFound),
            ("ERROR: Domain already exists", .alreadyExists), ("Error: Access denied", .unauthorized),
            ("ERROR: Invalid domain", .invalidInput), ("ERROR: SpamExperts says no", .rejected),
        ] as [(String, ErrorKind)])
    func words(answer: String, kind: ErrorKind) async throws {
        let panel = try Self.panel(["domain/remove": answer])
        let outcome = await panel.run("terminate", Self.account)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.message.lowercased().contains("spam") == false)
    }

    @Test("A ticket is letters and digits", arguments: ["", "<html>", "no ticket for you today", "short"])
    func noTicket(answer: String) async throws {
        let panel = try Self.panel(["authticket/create": answer])
        #expect(await panel.run("login", Self.account).error?.kind == .providerUnavailable)
    }

    @Test("What does not say that it was done is not taken as done")
    func unconfirmed() async throws {
        let panel = try Self.panel(["domain/remove": "<html>", "domain/exists": #"{"present":1}"#])
        let outcome = await panel.run("terminate", Self.account)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .providerUnavailable)
    }
}
