import AdapterKit
import AdapterTestSupport
import Foundation
import Models
import ServiceRuntime
import TestSupport
import Testing

@Suite("Attempts")
struct AttemptTests {
    @Test("Secrets are opened on the way in and sealed on the way out")
    func secrets() async throws {
        let scripted = try Scripted([
            "/read": .success(
                .json(#"{"name":"jane","login_url":"https://panel.example.com/?session=abc123xyz"}"#))
        ])
        let sealer = scripted.bench.sealer
        var action = scripted.action("read")
        let id = action.actionID
        action.configuration.settings["key"] = .string(
            try sealer.seal("K-opened-1", context: "cfg_bench/settings/key"))
        action.parameters["password"] = .string(
            try sealer.seal("pw-opened-2", context: "\(id)/parameters/password"))
        let outcome = await scripted.run(action)
        #expect(outcome.outcome == .succeeded)
        let request = try #require(scripted.transport.sent.elements.first)
        #expect(request.headers.contains { $0.value == "Bearer K-opened-1" })
        #expect(request.bodyText == "name=jane&pw=pw-opened-2")
        let sealed = try #require(outcome.result?["login_url"]?.stringValue)
        #expect(Sealer.isSealed(sealed))
        #expect(
            try sealer.open(sealed, context: "\(id)/result/login_url")
                == "https://panel.example.com/?session=abc123xyz")
        #expect(outcome.result?["name"] == "jane")
    }

    @Test("The log tells the attempt, with the traffic sealed and without secrets")
    func log() async throws {
        let scripted = try Scripted([
            "/read": .success(
                .json(
                    #"{"name":"jane","login_url":"https://panel.example.com/?s=abc123xyz","echo":"K-secret-1"}"#
                ))
        ])
        var action = scripted.action("read")
        action.configuration.settings["key"] = "K-secret-1"
        action.parameters["password"] = "pw secret&2"
        _ = await scripted.bench.runner.run(
            action, isRedelivered: false,
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        let lines = scripted.log.lines
        #expect(lines.map(\.message) == ["Began attempt", "Called provider", "Ended attempt"])
        for line in lines {
            #expect(line.metadata[LogKey.actionID] == action.actionID.rawValue)
            #expect(line.metadata[LogKey.productID] == action.contractProductID.rawValue)
            #expect(line.metadata[LogKey.traceID] == "0af7651916cd43dd8448eb211c80319c")
            #expect(line.metadata[LogKey.function] == "read")
        }
        let call = try #require(scripted.log.line("Called provider")).metadata
        #expect(call[LogKey.httpMethod] == "GET")
        #expect(call[LogKey.host] == "panel.example.com")
        #expect(call[LogKey.httpPath] == "/read")
        #expect(call[LogKey.httpStatus] == "200")
        #expect(call[LogKey.durationMilliseconds] != nil)
        let sealed = try #require(scripted.log.line("Ended attempt")?.metadata[LogKey.debug])
        let text = try #require(
            try scripted.bench.sealer.open(sealed, context: "\(action.actionID)/debug").stringValue)
        #expect(text.contains("GET https://panel.example.com/read"))
        for secret in ["K-secret-1", "pw secret", "pw+secret", "abc123xyz"] {
            #expect(!text.contains(secret))
        }
        let request = try #require(scripted.transport.sent.elements.first)
        let traceparent = try #require(request.headers.first { $0.name == "traceparent" }?.value)
        #expect(traceparent.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-"))
        #expect(!traceparent.contains("b7ad6b7169203331"))
    }

    @Test("An attempt whose lease has run out is left, and nothing is sent")
    func expired() async throws {
        let scripted = try Scripted(["/read": Scripted.done])
        let action = scripted.action("read")
        scripted.bench.clock.advance(by: .seconds(601))
        let outcome = await scripted.run(action)
        #expect(outcome.outcome == .expired)
        #expect(outcome.error == nil)
        #expect(outcome.mayHaveBegun != true)
        #expect(await scripted.run(action, isRedelivered: true).mayHaveBegun == true)
        #expect(scripted.transport.paths.isEmpty)
    }

    @Test("An attempt at the very end of its lease is begun")
    func lastMoment() async throws {
        let scripted = try Scripted(["/read": Scripted.done])
        let action = scripted.action("read")
        scripted.bench.clock.advance(by: .seconds(600))
        #expect(await scripted.run(action).outcome == .succeeded)
    }

    @Test(
        "What is not known or not there is unsupported",
        arguments: ["provider", "function", "missing", "category"])
    func unsupported(what: String) async throws {
        let scripted = try Scripted([:])
        var action = scripted.action(what == "missing" ? "missing" : "read")
        switch what {
        case "provider": action.provider = "nobody"
        case "function": action.function = "../read"
        case "category": action.category = "domains"
        default: break
        }
        let outcome = await scripted.run(action)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .unsupported)
    }

    @Test(
        "Parameters of another shape are invalid input, with the place",
        arguments: [
            ([:], "/name is missing"), (["name": 5], "/name is not a String"),
            (["name": .null], "/name is null"),
            (["name": ["a"]], "/name is not a String"),
            (["name": "jane", "password": true], "/password is not a String"),
        ] as [([String: JSONValue], String)])
    func invalidInput(parameters: [String: JSONValue], problem: String) async throws {
        let scripted = try Scripted(["/read": Scripted.done])
        var action = scripted.action("read")
        action.parameters = parameters
        let outcome = await scripted.run(action)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .invalidInput)
        #expect(outcome.error?.details?["problem"]?.stringValue == problem)
        #expect(scripted.transport.paths.isEmpty)
    }

    @Test(
        "Secrets that do not open fail the attempt and are not shown; those of a key that may still come are tried again",
        arguments: [true, false])
    func damagedSecret(isKeyKnown: Bool) async throws {
        let scripted = try Scripted(["/read": Scripted.done])
        let key = isKeyKnown ? scripted.bench.sealer.current.id : "00000000"
        var inConfiguration = scripted.action("read")
        inConfiguration.configuration.settings["key"] = .string("sealed:v1:\(key):AAAA")
        var inParameters = scripted.action("read")
        inParameters.parameters["password"] = .string("sealed:v1:\(key):AAAA")
        for action in [inConfiguration, inParameters] {
            let outcome = await scripted.run(action)
            #expect(outcome.outcome == .failed)
            #expect(outcome.error?.kind == (isKeyKnown ? .internal : .providerUnavailable))
            #expect(scripted.transport.paths.isEmpty)
            #expect(!"\(outcome)".contains("AAAA"))
        }
    }

    @Test("A configuration is opened once a version")
    func cachedConfiguration() async throws {
        let scripted = try Scripted(["/read": Scripted.done])
        var action = scripted.action("read")
        #expect(await scripted.run(action).outcome == .succeeded)
        action.configuration.settings = ["port": "not a number"]
        #expect(await scripted.run(action).outcome == .succeeded)
        action.configuration.version = 2
        #expect(await scripted.run(action).error?.kind == .internal)
    }

    @Test("Limits that make no sense are brought into range", arguments: [Int.min, -1, 0, Int.max])
    func strangeTimeout(seconds: Int) async throws {
        let scripted = try Scripted(["/read": Scripted.done])
        #expect(await scripted.run(scripted.action("read", timeoutSeconds: seconds)).outcome == .succeeded)
    }

    @Test("Deferred work is known by its reference, and asked about under it")
    func deferred() async throws {
        let scripted = try Scripted([
            "/order": .success(.json(#"{"reference":"T-1"}"#)),
            "/order/T-1": .success(.json(#"{"name":"jane"}"#)),
        ])
        let first = await scripted.run(scripted.action("order"))
        #expect(first.outcome == .deferred)
        #expect(first.deferredReference == "T-1")
        #expect(first.pollAfterSeconds == 91)
        let second = await scripted.run(
            scripted.action("order", attempt: 2, possibleDuplicate: true, deferredReference: "T-1"))
        #expect(second.outcome == .succeeded)
        #expect(scripted.transport.paths == ["/order", "/order/T-1"])
    }

    @Test("A poll of a function that is never deferred fails")
    func strayPoll() async throws {
        let scripted = try Scripted(["/read": Scripted.done])
        let outcome = await scripted.run(scripted.action("read", deferredReference: "T-1"))
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .internal)
    }

    @Test("Secrets are removed from what an error tells")
    func errorDetails() async throws {
        let scripted = try Scripted([
            "/change": .failure(
                ProviderError(.rejected, "No: K-secret-1", details: ["reason": ["K-secret-1 is bad", 5]]))
        ])
        var action = scripted.action("change")
        action.configuration.settings["key"] = "K-secret-1"
        let outcome = await scripted.run(action)
        #expect(outcome.error?.message == "No: ••••")
        #expect(outcome.error?.details?["reason"] == ["•••• is bad", 5])
    }

    @Test("The descriptor says what is supported and observable, with its notes")
    func descriptor() {
        let functions = ScriptedProvider.registered.descriptor.functions
        #expect(
            functions.map(\.name) == [
                "read", "change", "open", "openBlind", "openInSteps", "close", "order", "poll",
            ])
        #expect(functions.filter(\.isObservable).map(\.name) == ["open", "openInSteps", "close"])
        #expect(functions.first { $0.name == "open" }?.note == "Takes a while.")
    }
}
