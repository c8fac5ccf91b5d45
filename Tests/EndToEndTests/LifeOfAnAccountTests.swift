import Foundation
import Models
import SystemSupport
import Testing

@Suite("The life of a hosting account", .leavingNoSecrets)
struct LifeOfAnAccountTests {
    /// A function, what it is given, and what the product's status is afterwards.
    private static let steps: [(function: String, parameters: JSONValue, status: String)] = [
        ("create", PurserSystem.account, "active"),
        ("getInfo", [:], "active"),
        ("getLoginUrl", ["user_ip": "192.0.2.1"], "active"),
        ("suspend", ["reason": "overdue"], "suspended"),
        ("unsuspend", [:], "active"),
        ("changePassword", ["password": "N3w-Passw0rd!x"], "active"),
        ("terminate", [:], "terminated"),
    ]

    @Test("Every step succeeds and shows in status, fields and ledger", arguments: PurserSystem.Form.allCases)
    func life(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let product = try await system.makeProduct()
        #expect(try await system.product(product)["status"] == "pending")
        for step in Self.steps {
            let action = try await system.run(step.function, step.parameters, on: product)
            #expect(action.state == "succeeded", "\(step.function): \(action)")
            let shown = try await system.product(product)
            #expect(shown["status"]?.stringValue == step.status, "after \(step.function)")
            #expect(shown["provision_fields"]?["username"]?.stringValue?.isEmpty == false)
            try check(action, step.function, shown)
            try await checkLog(of: action, on: system)
            let id = try #require(action["id"]?.stringValue)
            let isRead = step.function.hasPrefix("get")
            #expect(try system.ledger.effects(of: id).map(\.function) == (isRead ? [] : [step.function]))
        }
    }

    private func check(_ action: JSONValue, _ function: String, _ product: JSONValue) throws {
        let fields = product["provision_fields"]
        switch function {
        case "create":
            #expect(fields?["domain"] == "example.com")
            #expect(fields?["package_name"] == "gold")
            #expect(fields?["server_hostname"]?.stringValue?.isEmpty == false)
        case "getInfo":
            #expect(action["result"]?["username"] == fields?["username"])
        case "getLoginUrl":
            // A secret of the result: opened for who asked for it, and kept nowhere else.
            #expect(action["result"]?["login_url"]?.stringValue?.hasPrefix("https://") == true)
            #expect(fields?["login_url"] == nil)
        case "suspend":
            #expect(fields?["suspended"] == true)
            #expect(fields?["suspend_reason"] == "overdue")
        case "unsuspend":
            #expect(fields?["suspended"] == false)
        case "changePassword":
            #expect(action["parameters"]?["password"] == "••••")
        default: break
        }
    }

    /// The timeline of an action can be read from the log by its id, in order.
    private func checkLog(of action: JSONValue, on system: PurserSystem) async throws {
        let id = try #require(action["id"]?.stringValue)
        let timeline = [
            "Accepted action", "Dispatched action", "Began attempt", "Ended attempt", "Committed outcome",
        ]
        var entries = try await system.log(
            of: id, with: "Committed outcome", "Ended attempt", "Dispatched action")
        let numbers = entries.compactMap { $0["id"]?.integerValue }
        #expect(numbers == numbers.sorted())
        #expect(Set(numbers).count == entries.count)
        // Entries of one process are numbered in order; those of several are told apart by their time.
        if system.form == .rabbitMQ {
            entries = entries.filter { timeline.contains($0["message"]?.stringValue ?? "") }
            let times = try timeline.map { message in
                try #require(
                    entries.first { $0["message"]?.stringValue == message }?["time"]?.stringValue,
                    "\(message)")
            }
            #expect(times == times.sorted())
        } else {
            #expect(entries.messages.filter { timeline.contains($0) } == timeline)
        }
        #expect(entries.allSatisfy { $0["action_id"]?.stringValue == id })
        #expect(Set(entries.compactMap { $0["trace_id"]?.stringValue }).count == 1, "one trace")
        #expect(!"\(entries)".contains("N3w-Passw0rd!x"))
    }

    @Test("An action submitted twice under one key runs once", arguments: PurserSystem.Form.allCases)
    func idempotencyKey(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let product = try await system.makeProduct()
        let path = "/v1/contract-products/\(product.id)/actions?wait=30"
        let key = ["Idempotency-Key": UUID().uuidString]
        let body: JSONValue = ["function": "create", "parameters": PurserSystem.account]
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<4 { group.addTask { try await system.http.call(.post, path, body, headers: key) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 200 }, "\(answers)")
        let ids = Set(answers.compactMap { $0["id"]?.stringValue })
        #expect(ids.count == 1)
        let id = try #require(ids.first)
        #expect(try system.ledger.effects(of: id).count == 1)
        let other: JSONValue = ["function": "getInfo"]
        #expect(try await system.http.call(.post, path, other, headers: key).status == 422)
    }
}
