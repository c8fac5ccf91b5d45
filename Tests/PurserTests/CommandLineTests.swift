import Foundation
import Models
import Testing

@testable import Purser

/// What the command line reads and writes.
@Suite struct CommandLineTests {
    @Test func `parameters are texts, JSON, or members of objects`() throws {
        let object = try Assignments.object([
            "username=jane", "quota:=5", "flag:=true", "empty=", "note=a=b", "customer_address.city=Paris",
            "customer_address.country_code=FR", "list:=[1,\"x\"]", "gone:=null",
        ])
        #expect(
            object == [
                "username": "jane", "quota": 5, "flag": true, "empty": "", "note": "a=b",
                "customer_address": ["city": "Paris", "country_code": "FR"], "list": [1, "x"], "gone": .null,
            ])
    }

    @Test(arguments: ["username", "=x", ":=1", "quota:=five", ""])
    func `what is no parameter is wrong usage`(_ text: String) {
        #expect(throws: CommandFailure.self) { try Assignments.object([text]) }
    }

    @Test func `times are moments or spans`() throws {
        #expect(try TimeArgument.timestamp(nil, direction: -1) == nil)
        #expect(
            try TimeArgument.timestamp("2026-02-03T10:11:12Z", direction: -1) == "2026-02-03T10:11:12.000Z")
        let text = try #require(try TimeArgument.timestamp("90m", direction: -1))
        let seconds = try #require(Timestamp(text)).duration(to: .now).components.seconds
        #expect((5400...5410).contains(seconds))
        for text in ["soon", "5", "5y", "-1h", "h"] {
            #expect(throws: CommandFailure.self) { try TimeArgument.timestamp(text, direction: -1) }
        }
    }

    @Test func `a problem becomes a sentence and an exit status`() {
        let invalid = PurserClient.failure(
            status: 422,
            problem: [
                "detail": "2 fields are not valid.",
                "errors": [
                    ["pointer": "/name", "detail": "is required"],
                    ["pointer": "/email", "detail": "is required"],
                ],
            ])
        #expect(invalid.status == .refused)
        #expect(invalid.description == "2 fields are not valid.\n  /name is required\n  /email is required")
        let statuses: [(Int, CommandFailure.Status)] = [
            (401, .notPermitted), (403, .notPermitted), (404, .refused), (409, .refused), (429, .unavailable),
            (500, .unavailable), (503, .unavailable),
        ]
        for (code, status) in statuses {
            #expect(PurserClient.failure(status: code, problem: .null).status == status)
        }
    }

    @Test func `URL and token come from the environment`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("from-file\n".utf8).write(to: folder.appending(path: "admin-token"))
        let plain = PurserClient(environment: ["PURSER_DATA": folder.path])
        #expect(plain.url == "http://127.0.0.1:8080")
        #expect(plain.token == "from-file")
        let set = PurserClient(
            environment: ["PURSER_URL": "http://h:1/", "PURSER_TOKEN": "t", "PURSER_DATA": folder.path])
        #expect(set.url == "http://h:1")
        #expect(set.token == "t")
        #expect(PurserClient(environment: ["PURSER_DATA": "/nowhere"]).token == nil)
    }

    @Test func `queries are encoded`() {
        #expect(
            PurserClient.query([("a", "1 & 2"), ("b", nil), ("c", "é/?")]) == "?a=1%20%26%202&c=%C3%A9%2F%3F")
        #expect(PurserClient.query([("a", nil)]) == "")
    }

    @Test func `ids of events are encoded as part of a path`() {
        #expect(PurserClient.encoded("order/17 é") == "order%2F17%20%C3%A9")
    }

    @Test func `an event shows what it set off and what not`() {
        let text = EventCommand.text([
            "id": "order/17", "actions": [], "cancelled": ["act_1"],
            "not_done": [["function": "unsuspend", "reason": "It is not suspended."]],
            "data": ["package": "gold"],
        ])
        for line in [
            "set off    nothing", "cancelled  act_1", "unsuspend was not run: It is not suspended.",
            "package  gold",
        ] {
            #expect(text.contains(line), "\(text)")
        }
    }

    @Test func `tables are aligned, and texts of others do not steer the terminal`() {
        let table = Table(
            ["id", "name"], empty: "none",
            [[Cell("1"), Cell("a\u{1B}[31mb\nc")], [Cell("1000"), Cell(nil)]])
        #expect(table.text == "ID    NAME\n1     a [31mb c\n1000  -")
        #expect(Table(["id"], empty: "none", []).text == "none")
    }
}
