import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

@Suite("What operators ask", .leavingNoSecrets)
struct OperatorTests {
    @Test("Why an action waits, how it came to that, and what moves it")
    func why() async throws {
        let system = try await PurserSystem.shared(.embedded)
        let product = try await system.makeProduct(["fault": "unobservable", "fault_functions": ["create"]])
        let first = try await system.submit("create", PurserSystem.account, on: product)
        _ = try await system.action(first, in: "unsure")
        let next = try await system.submit("suspend", ["username": "alice"], on: product)

        let unsure = try await system.purser("action", "why", first)
        #expect(unsure.status == 0, "\(unsure)")
        for part in [
            "unsure", "attempt 1 unsure", "purser action adopt \(first)", "purser action retry \(first)",
        ] {
            #expect(unsure.text.contains(part), "\(unsure)")
        }
        let queued = try await system.purser("action", "why", next, "--json")
        #expect(queued.json["state"] == "queued", "\(queued)")
        #expect(queued.json["waits_for"]?.arrayValue?.first?["id"]?.stringValue == first, "\(queued)")
        #expect(queued.json["history"]?.arrayValue?.first?["what"] == "accepted")
        #expect(queued.json["moves"]?.arrayValue?.contains(.string("purser action why \(first)")) == true)

        #expect(try await system.decide("abandon", on: first).status == 200)
        try await system.log(of: first, with: "Decided on action")
        let ended = try await system.purser("action", "why", first)
        #expect(ended.text.contains("Decided on action"), "\(ended)")
        _ = try await system.ended(next)
        #expect(try await system.purser("action", "why", "act_nothing").status == 1)
    }

    @Test("A product that was changed at the third party is found, and taken over on request")
    func check() async throws {
        let system = try await PurserSystem.shared(.embedded)
        let product = try await system.makeProduct()
        let created = try await system.run("create", PurserSystem.account, on: product)
        let username = try #require(created["result"]?["username"])
        #expect(try await system.purser("product", "check", product.id).status == 0)

        // Someone else has the same account suspended and given another package.
        let other = try await system.makeProduct(client: product.client, configuration: product.configuration)
        for (function, parameters) in [
            ("changePackage", ["username": username, "package_name": "silver"] as JSONValue),
            ("suspend", ["username": username] as JSONValue),
        ] {
            #expect(try await system.run(function, parameters, on: other).state == "succeeded")
        }
        let found = try await system.purser("product", "check", product.id, "--json")
        #expect(found.status == 1, "\(found)")
        let differences = found.json.firstItem["differences"]?.arrayValue ?? []
        #expect(
            differences.compactMap { $0["field"]?.stringValue } == ["package_name", "suspended", "status"])
        #expect(try await system.product(product)["status"] == "active", "nothing is changed by looking")
        let listed = try await system.http.call(.get, "/v1/contract-products?differs=true&limit=200")
        #expect(listed["items"]?.arrayValue?.contains { $0["id"]?.stringValue == product.id } == true)

        let adopted = try await system.purser("product", "check", product.id, "--adopt")
        #expect(adopted.status == 0 && adopted.text.contains("taken over"), "\(adopted)")
        let after = try await system.product(product)
        #expect(after["status"] == "suspended")
        #expect(after["provision_fields"]?["package_name"] == "silver")
        let history = try await system.http.call(.get, "/v1/contract-products/\(product.id)/history")
        let change = try #require(
            history["items"]?.arrayValue?.first {
                $0["field"] == "package_name" && $0["new_value"] == "silver"
            })
        #expect(change["action_id"]?.stringValue != nil)
        #expect(change["changed_by"]?.stringValue?.isEmpty == false)
        #expect(try await system.purser("product", "check", product.id).status == 0)
    }
}
