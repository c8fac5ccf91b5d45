import HTTPTypes
import Models
import ServiceRuntime
import Synchronization
import Testing

@testable import Gateway

/// Secrets travel sealed, and are shown only to whoever asked for them.
@Suite struct SecretTests {
    private static let settings: JSONValue = [
        "category": "hosting", "provider": "demo", "name": "WHM 3",
        "settings": ["hostname": "panel.example.com", "api_token": "tok-CANARY"],
    ]

    @Test func `a configuration's secrets are sealed before the bus and never shown`() async throws {
        try await GatewayHarness.run { harness in
            let made = try await harness.call(.post, "/v1/configurations", Self.settings)
            #expect(made.status == 201, "\(made.text)")
            #expect(made.json["settings"]?["hostname"] == "panel.example.com")
            let sent = try #require(harness.fake.state.withLock { $0.createdConfigurations.first })
            let sealed = try #require(sent.settings["api_token"]?.stringValue)
            #expect(
                try harness.sealer.open(sealed, context: "configuration/settings/api_token") == "tok-CANARY")
            let id = try #require(made.json["id"]?.stringValue)
            let changed = try await harness.call(
                .patch, "/v1/configurations/\(id)",
                ["settings": ["api_token": "tok-CANARY-2", "latency_ms": .null]])
            #expect(changed.status == 200)
            let update = try #require(harness.fake.state.withLock { $0.updatedConfigurations.first })
            let next = try #require(update.settings?["api_token"]?.stringValue)
            #expect(
                try harness.sealer.open(next, context: "configuration/settings/api_token") == "tok-CANARY-2")
            #expect(update.settings?["latency_ms"] == .null)
            for path in ["/v1/configurations", "/v1/configurations/\(id)"] {
                let shown = try await harness.call(.get, path)
                #expect(shown.status == 200)
                #expect(!shown.text.contains("CANARY") && !shown.text.contains("sealed:"))
            }
        }
    }

    @Test func `a configuration is checked by its provider's contract`() async throws {
        try await GatewayHarness.run { harness in
            let bodies: [(String, [String])] = [
                (#"{"category":"nope","provider":"demo","name":"x","settings":{}}"#, ["/category"]),
                (#"{"category":"hosting","provider":"nope","name":"x","settings":{}}"#, ["/provider"]),
                (
                    #"{"category":"hosting","provider":"demo","name":"x","settings":{}}"#,
                    ["/settings/hostname", "/settings/api_token"]
                ),
                (
                    #"{"category":"hosting","provider":"demo","name":"x","settings":{"hostname":"panel.example.com","api_token":"CANARY","latency_ms":"1"}}"#,
                    ["/settings/latency_ms"]
                ),
                (#"{"category":"hosting","provider":"demo","name":"x"}"#, ["/settings"]),
            ]
            for (body, pointers) in bodies {
                let answer = try await harness.call(.post, "/v1/configurations", text: body)
                #expect(answer.status == 422)
                #expect(answer.pointers == pointers, "\(answer.text)")
                #expect(!answer.text.contains("CANARY"))
            }
            #expect(harness.fake.state.withLock { $0.createdConfigurations.isEmpty })
        }
    }

    @Test func `secret parameters are sealed for their action`() async throws {
        try await GatewayHarness.run { harness in
            let body: JSONValue = ["function": "changePassword", "parameters": ["password": "N3w-CANARY"]]
            let answer = try await harness.call(.post, harness.actionsPath, body)
            #expect(answer.status == 202)
            #expect(!answer.text.contains("CANARY"))
            let sent = try #require(harness.fake.state.withLock { $0.submitted.first })
            let sealed = try #require(sent.parameters["password"]?.stringValue)
            #expect(
                try harness.sealer.open(sealed, context: "\(sent.id)/parameters/password") == "N3w-CANARY")
        }
    }

    @Test func `a product's secret fields are sealed before the bus and never shown`() async throws {
        try await GatewayHarness.run { harness in
            let made = try await harness.call(
                .post, "/v1/contract-products",
                [
                    "client_id": "clt_01jd9q4z8k3v5x7r2m6n0pwths", "category": "licenses",
                    "configuration_id": "cfg_01jd9q4z8k3v5x7r2m6n0pwths", "name": "Licence",
                    "provision_fields": ["license_key": "K-CANARY", "package_identifier": "gold"],
                ])
            #expect(made.status == 201, "\(made.text)")
            #expect(!made.text.contains("CANARY") && made.text.contains(Secret.mask))
            let id = try #require(made.json["id"]?.stringValue)
            let stored = try #require(
                harness.fake.state.withLock { $0.products[ContractProductID(rawValue: id)] })
            #expect(stored.provisionFields["package_identifier"] == "gold")
            let sealed = try #require(stored.provisionFields["license_key"]?.stringValue)
            #expect(try harness.sealer.open(sealed, context: "product/fields/license_key") == "K-CANARY")
            let changed = try await harness.call(
                .patch, "/v1/contract-products/\(id)",
                ["provision_fields": ["license_key": "K-CANARY-2", "ip": .null]])
            #expect(changed.status == 200 && !changed.text.contains("CANARY"))
            let update = try #require(harness.fake.state.withLock { $0.updatedProducts.first })
            let next = try #require(update.provisionFields?["license_key"]?.stringValue)
            #expect(try harness.sealer.open(next, context: "product/fields/license_key") == "K-CANARY-2")
            #expect(update.provisionFields?["ip"] == .null)
        }
    }

    @Test func `no plain hash of a secret crosses the bus`() async throws {
        try await GatewayHarness.run { harness in
            let secret: JSONValue = ["function": "changePassword", "parameters": ["password": "1234"]]
            _ = try await harness.call(.post, harness.actionsPath, secret)
            let sent = try #require(harness.fake.state.withLock { $0.submitted.first })
            let plain = try harness.sealer.open(sent.fingerprint, context: "\(sent.id)/fingerprint")
            #expect(plain.stringValue?.count == 64)
        }
    }

    @Test func `the keys in use are told by their ids`() async throws {
        try await GatewayHarness.run { harness in
            let shown = try await harness.call(.get, "/v1/keys")
            #expect(shown.status == 200)
            #expect(shown.json["holders"]?.arrayValue?.first?["keys"] == [.string(harness.sealer.current.id)])
            #expect(try await harness.call(.get, "/v1/keys", token: GatewayHarness.jane).status == 403)
        }
    }

    @Test func `a text that looks sealed is sealed all the same`() async throws {
        try await GatewayHarness.run { harness in
            let body: JSONValue = [
                "function": "changePassword", "parameters": ["password": "sealed:v1:abc:def"],
            ]
            #expect(try await harness.call(.post, harness.actionsPath, body).status == 202)
            let sent = try #require(harness.fake.state.withLock { $0.submitted.first })
            let sealed = try #require(sent.parameters["password"]?.stringValue)
            #expect(
                try harness.sealer.open(sealed, context: "\(sent.id)/parameters/password")
                    == "sealed:v1:abc:def")
        }
    }

    @Test func `a result's secrets are opened for whoever may see the action, and only there`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock { state in
                state.onSubmit = { fake, action in
                    let sealed = try fake.sealer.seal(
                        .string("https://login/CANARY"), context: "\(action.id)/result/login_url")
                    try await fake.change(action.id, to: .succeeded, result: ["login_url": .string(sealed)])
                    return action
                }
            }
            let body: JSONValue = ["function": "getLoginUrl", "parameters": ["user_ip": "192.0.2.1"]]
            let ended = try await harness.call(
                .post, "\(harness.actionsPath)?wait=30", body, token: GatewayHarness.jane)
            #expect(ended.status == 200)
            #expect(ended.json["result"]?["login_url"] == "https://login/CANARY")
            let id = try #require(ended.json["id"]?.stringValue)
            for token in [GatewayHarness.admin, GatewayHarness.jane] {
                let shown = try await harness.call(.get, "/v1/actions/\(id)", token: token)
                #expect(shown.json["result"]?["login_url"] == "https://login/CANARY")
                let listed = try await harness.call(.get, "/v1/actions", token: token)
                #expect(!listed.text.contains("CANARY"))
                #expect(listed.text.contains(Secret.mask))
            }
            #expect(
                try await harness.call(.get, "/v1/actions/\(id)", token: GatewayHarness.john).status == 404)
        }
    }

    @Test func `a secret that does not open stays hidden`() async throws {
        try await GatewayHarness.run { harness in
            var action = Fixtures.action(.make(), "getLoginUrl", on: harness.product)
            let elsewhere = try harness.sealer.seal(.string("CANARY"), context: "act_other/result/login_url")
            action.result = ["login_url": .string(elsewhere)]
            let moved = action
            harness.fake.state.withLock { $0.actions[moved.id] = moved }
            let shown = try await harness.call(.get, "/v1/actions/\(moved.id)")
            #expect(shown.status == 200)
            #expect(shown.json["result"]?["login_url"] == .string(Secret.mask))
        }
    }

    @Test func `an adopted result is checked and sealed`() async throws {
        try await GatewayHarness.run { harness in
            let action = Fixtures.action(.make(), "getLoginUrl", on: harness.product)
            harness.fake.state.withLock { $0.actions[action.id] = action }
            let path = "/v1/actions/\(action.id)/adopt"
            let wrong = try await harness.call(.post, path, ["result": ["login_url": 5]])
            #expect(wrong.status == 422)
            #expect(wrong.pointers == ["/result/login_url"])
            let taken = try await harness.call(
                .post, path, ["result": ["login_url": "https://login.example.com"]])
            #expect(taken.status == 200)
            let decision = try #require(harness.fake.state.withLock { $0.decisions.first })
            #expect(decision.decision == "adopt")
            #expect(decision.decidedBy.hasPrefix("operator"))
            let sealed = try #require(decision.result?["login_url"]?.stringValue)
            #expect(
                try harness.sealer.open(sealed, context: "\(action.id)/result/login_url")
                    == "https://login.example.com")
            #expect(try await harness.call(.post, "/v1/actions/\(action.id)/cancel", text: nil).status == 200)
        }
    }

    @Test func `a new token is shown once`() async throws {
        try await GatewayHarness.run { harness in
            let made = try await harness.call(
                .post, "/v1/tokens",
                ["name": "shop", "role": "client", "client_id": .string(harness.janeID.rawValue)])
            #expect(made.status == 201)
            #expect(made.json["token"] == "psr_fresh_token")
            #expect(made.headers[.location]?.hasPrefix("/v1/tokens/tok_") == true)
            let bad: [JSONValue] = [
                ["name": "shop", "role": "client"], ["name": "shop", "role": "owner"],
                ["name": "shop", "role": "admin", "client_id": .string(harness.janeID.rawValue)],
            ]
            for body in bad { #expect(try await harness.call(.post, "/v1/tokens", body).status == 422) }
            let id = TokenID.make()
            let revoked = try await harness.call(.delete, "/v1/tokens/\(id)")
            #expect(revoked.status == 204)
            #expect(revoked.text.isEmpty)
        }
    }

    @Test func `debug data is opened for administrators`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock { state in
                state.logEntries = [Fixtures.logEntry(1), Fixtures.logEntry(2, debug: "sealed:v1:x:y")]
            }
            let shown = try await harness.call(.get, "/v1/logs/2/debug")
            #expect(shown.status == 200)
            #expect(shown.json["text"]?.stringValue?.hasPrefix("GET / for act_") == true)
            for id in ["1", "3", "0", "-1", "x"] {
                #expect(try await harness.call(.get, "/v1/logs/\(id)/debug").status == 404)
            }
        }
    }
}
