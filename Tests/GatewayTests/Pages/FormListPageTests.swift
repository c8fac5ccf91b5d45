import HTTPTypes
import Models
import Synchronization
import Testing

@testable import Gateway

/// A function whose parameters have a free list, by its page.
@Suite struct FormListPageTests {
    private static let domain = "example"
    private static let parties = ["registrant", "billing", "tech", "admin"]

    /// A domain that can be registered, of which some is known.
    private static func scene(_ harness: GatewayHarness, _ filled: [String: JSONValue]) -> String {
        harness.fake.state.withLock { state in
            var product = harness.product
            product.category = "domains"
            product.actionsAvailable = [
                AvailableAction(
                    function: "register", title: "Register", effect: "verifyFirst", audience: "admin",
                    parameters: filled)
            ]
            state.products[product.id] = product
            // Pages wait a moment for the end, by a clock that stands still here.
            state.onSubmit = { fake, action in
                try await fake.change(action.id, to: .succeeded)
                return action
            }
        }
        return "/admin/products/\(harness.product.id)/run/register"
    }

    /// All that registering needs.
    private static let form: [(String, String)] =
        [
            ("parameters/sld", domain), ("parameters/tld", "com"), ("parameters/renew_years", "2"),
            ("parameters/whois_privacy", ""), ("parameters/nameservers/ns1/host", "ns1.example.net"),
            ("parameters/nameservers/ns2/host", ""), ("parameters/additional_fields", "empty"),
        ] + parties.map { ("parameters/\($0)/id", "C-1") }

    private static let entry = [
        ("parameters/additional_fields/0/name", "vat"), ("parameters/additional_fields/0/kind", ""),
        ("parameters/additional_fields/0/value", "007"),
    ]

    @Test func `an item is added and taken away with what was typed, and nothing is run`() async throws {
        try await GatewayHarness.run { harness in
            let path = Self.scene(harness, [:])
            let first = try await harness.page(path)
            #expect(first.status == 200, "\(first.text)")
            #expect(first.text.contains("value=\"add parameters/additional_fields\""))
            #expect(first.text.contains("formaction=\"\(path)#f-parameters-additional_fields\""))
            #expect(!first.text.contains("parameters/additional_fields/0/"))
            let added = try await harness.send(
                path, Self.form + [("edit_list", "add parameters/additional_fields")])
            #expect(added.status == 200, "\(added.text)")
            #expect(added.text.contains("name=\"parameters/additional_fields/0/name\""))
            #expect(added.text.contains("value=\"remove parameters/additional_fields/0\""))
            #expect(added.text.contains("value=\"ns1.example.net\""))
            #expect(!added.text.contains("form-error"))
            let second = try await harness.send(
                path, Self.form + Self.entry + [("edit_list", "add parameters/additional_fields")])
            #expect(second.text.contains("value=\"007\""))
            #expect(second.text.contains("name=\"parameters/additional_fields/1/name\""))
            let removed = try await harness.send(
                path, Self.form + Self.entry + [("edit_list", "remove parameters/additional_fields/0")])
            #expect(!removed.text.contains("parameters/additional_fields/0/"))
            #expect(removed.text.contains("value=\"\(Self.domain)\""))
            #expect(harness.fake.state.withLock { $0.submitted.isEmpty })
        }
    }

    @Test func `what is sent has the types of the definition, and nothing that is empty`() async throws {
        try await GatewayHarness.run { harness in
            let path = Self.scene(harness, [:])
            let answer = try await harness.send(path, Self.form + Self.entry)
            #expect(answer.status == 303, "\(answer.text)")
            let sent = try #require(harness.fake.state.withLock { $0.submitted.first })
            var expected: [String: JSONValue] = [
                "sld": .string(Self.domain), "tld": "com", "renew_years": 2,
                "nameservers": ["ns1": ["host": "ns1.example.net"]], "additional_fields": ["vat": "007"],
            ]
            for party in Self.parties { expected[party] = ["id": "C-1"] }
            #expect(sent.parameters == expected)
        }
    }

    @Test func `what is wrong is told at its input, also where a whole group is missing`() async throws {
        try await GatewayHarness.run { harness in
            let path = Self.scene(harness, [:])
            let entry = [
                ("parameters/additional_fields/0/name", "vat"),
                ("parameters/additional_fields/0/kind", "number"),
                ("parameters/additional_fields/0/value", "many"),
            ]
            let answer = try await harness.send(path, Self.form + entry)
            #expect(answer.status == 422)
            #expect(answer.text.contains("id=\"f-parameters-additional_fields-0-value-error\""))
            #expect(answer.text.contains("value=\"many\""))
            #expect(harness.fake.state.withLock { $0.submitted.isEmpty })
            // Whether a product or its client has what is not given, only the orchestrator knows.
            harness.fake.state.withLock {
                $0.failures["action.submit.v1"] = RequestFailure(
                    .invalid, "What the action needs is missing or wrong.",
                    problems: [FieldProblem(pointer: "/parameters/tech", detail: "is required")])
            }
            let missing = try await harness.send(
                path, Self.form.filter { !$0.0.hasPrefix("parameters/tech") })
            #expect(missing.status == 422)
            #expect(missing.text.contains("id=\"f-parameters-tech-error\""), "\(missing.text)")
        }
    }

    @Test func `what is known is shown, left as it is, and emptied only on purpose`() async throws {
        try await GatewayHarness.run { harness in
            let known: JSONValue = ["vat": "007", "signers": [["key_tag": 1]]]
            let path = Self.scene(harness, ["additional_fields": known])
            let page = try await harness.page(path)
            #expect(page.text.contains("name=\"parameters/additional_fields\" value=\"filled\""))
            // Only what is deeper than names and values is JSON.
            #expect(page.text.contains("[{&quot;key_tag&quot;:1}]</textarea>"), "\(page.text)")
            let form =
                Self.form.filter { $0.0 != "parameters/additional_fields" }
                + [("parameters/additional_fields", "filled")]
            let signers = [
                ("parameters/additional_fields/1/name", "signers"),
                ("parameters/additional_fields/1/kind", "json"),
                ("parameters/additional_fields/1/value", "[{\"key_tag\":1}]"),
            ]
            _ = try await harness.send(path, form + Self.entry + signers)
            _ = try await harness.send(path, form)
            let sent = harness.fake.state.withLock { $0.submitted }
            #expect(sent.map { $0.parameters["additional_fields"] } == [nil, []])
        }
    }
}
