import AdapterKit
import AdapterTestSupport
import Models
import TestSupport
import Testing

@Suite("What is guarded by a value read before")
struct ConditionalTests {
    private static let looks: [(state: String, outcome: AttemptOutcome, paths: [String])] = [
        ("done", .succeeded, ["/observe"]), ("notDone", .succeeded, ["/observe", "/renew"]),
        ("unknown", .unsure, ["/observe"]),
    ]

    @Test("A possible repeat looks first where the provider can be looked at", arguments: looks)
    func possibleDuplicate(state: String, outcome: AttemptOutcome, paths: [String]) async throws {
        let bench = try Bench(state: state)
        let result = await bench.run("renew", possibleDuplicate: true)
        #expect(result.outcome == outcome)
        #expect(bench.transport.paths == paths)
    }

    @Test(
        "A failure that may have taken effect is looked into",
        arguments: [("done", true), ("unknown", false)])
    func lostAnswer(state: String, isDone: Bool) async throws {
        let bench = try Bench(
            state: state, renewal: .failure(ProviderError(.timedOut, mayHaveTakenEffect: true)))
        let result = await bench.run("renew")
        #expect(result.outcome == (isDone ? .succeeded : .unsure))
        #expect(bench.transport.paths == ["/renew", "/observe"])
    }

    @Test("Where the provider cannot be looked at, the guard has to do")
    func blind() async throws {
        let bench = try Bench(state: "unknown")
        let result = await bench.run("renewBlind", possibleDuplicate: true)
        #expect(result.outcome == .succeeded)
        #expect(bench.transport.paths == ["/renew"])
    }

    /// What it takes to run the provider below.
    private struct Bench {
        let transport: StubTransport
        private let bench: AttemptBench
        private let folder: TemporaryFolder

        init(
            state: String, renewal: Result<HTTPResponse, ProviderError> = .success(.json("{}"))
        ) throws {
            transport = StubTransport(["/renew": renewal, "/observe": .success(.json(#""\#(state)""#))])
            folder = try TemporaryFolder()
            bench = AttemptBench(
                blueprint: RenewingProvider.blueprint, providers: [RenewingProvider.registered],
                network: transport, dataFolder: folder.path)
        }

        func run(_ function: String, possibleDuplicate: Bool = false) async -> ActionOutcome {
            await bench.runner.run(
                bench.action(function, provider: "renewing", possibleDuplicate: possibleDuplicate),
                isRedelivered: false, traceparent: nil)
        }
    }
}

/// A provider that renews, and may be looked at or not.
private struct RenewingProvider: AdapterKit.Provider {
    struct Configuration: Codable, Sendable {}
    struct Value: Codable, Sendable {}

    static let contract = ProviderDescriptor(
        provider: "renewing", category: "testing", title: "Renewing", vendorPage: "https://example.com",
        help: "For tests.", concurrency: 1, configuration: [], functions: [])

    static let blueprint = BlueprintDefinition(
        category: "testing", title: "Testing", help: "",
        functions: ["renew", "renewBlind"].map { name in
            FunctionDefinition(
                name: name, title: name, help: "", effect: .conditional, audience: .admin,
                timeoutSeconds: 60, statusAfter: nil, writesBack: false, parameters: [], result: [])
        })

    static var registered: RegisteredProvider {
        var table = FunctionTable<Self>()
        table.add("renew", ProviderFunction(Self.renew, observe: Self.observe))
        table.add("renewBlind", ProviderFunction(Self.renew))
        return RegisteredProvider(Self.self, functions: table)
    }

    private let context: ProviderContext

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
    }

    func testConnection() async throws(ProviderError) -> String { "Signed in." }

    func renew(_ value: Value) async throws(ProviderError) -> Value {
        _ = try await context.transport.send(HTTPRequest(.post, host: "example.com", path: "/renew"))
        return Value()
    }

    func observe(_ value: Value) async throws(ProviderError) -> Observation<Value> {
        let request = HTTPRequest(.get, host: "example.com", path: "/observe")
        switch try await context.transport.send(request).json().stringValue {
        case "done": return .done(Value())
        case "notDone": return .notDone
        default: return .unknown
        }
    }
}
