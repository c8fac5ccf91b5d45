import AdapterKit
import Models

/// A provider whose every function makes one call of its name, so that a test decides by the transport what
/// happens.
struct ScriptedProvider: AdapterKit.Provider {
    struct Configuration: Codable, Sendable {
        var key: String?
        var port: Int?
    }

    struct In: Codable, Sendable {
        var name: String
        var password: String?
    }

    struct Out: Codable, Sendable, Equatable {
        var name: String
        var loginURL: String?

        enum CodingKeys: String, CodingKey {
            case name
            case loginURL = "login_url"
        }
    }

    struct PollIn: Codable, Sendable {
        var limit: Int
        var after: String?

        enum CodingKeys: String, CodingKey {
            case limit
            case after = "after_date"
        }
    }

    struct PollOut: Codable, Sendable {
        var countRemaining: Int
        var notifications: [JSONValue]

        enum CodingKeys: String, CodingKey {
            case countRemaining = "count_remaining"
            case notifications
        }
    }

    static let contract = ProviderDescriptor(
        provider: "scripted", category: "testing", title: "Scripted panel", vendorPage: "https://example.com",
        help: "For tests.", concurrency: 1,
        configuration: [
            FieldDefinition(name: "key", type: .string, isSecret: true),
            FieldDefinition(name: "port", type: .integer),
        ],
        functions: [SupportedFunction(name: "open", isObservable: false, note: "Takes a while.")])

    static var functions: FunctionTable<Self> {
        var table = FunctionTable<Self>()
        table.add("read", ProviderFunction(Self.read))
        table.add("change", ProviderFunction(Self.change))
        table.add("open", ProviderFunction(Self.open, observe: Self.observe))
        table.add("openBlind", ProviderFunction(Self.open))
        table.add("openInSteps", ProviderFunction(Self.openInSteps, observe: Self.observe))
        table.add("close", ProviderFunction(Self.close, observe: Self.observe))
        table.add("order", ProviderFunction(deferring: Self.order, poll: Self.pollOrder))
        table.add("poll", ProviderFunction(Self.poll))
        table.add("missing", nil as ProviderFunction<Self, In, Out>?)
        return table
    }

    static let blueprint = BlueprintDefinition(
        category: "testing", title: "Testing", help: "",
        functions: [
            function("read", .read), function("change", .idempotent), function("open", .verifyFirst),
            function("openBlind", .verifyFirst), function("openInSteps", .verifyFirst),
            function("close", .irreversible), function("order", .verifyFirst), function("missing", .read),
            poll,
        ])

    private static let poll = FunctionDefinition(
        name: "poll", title: "poll", help: "", effect: .idempotent, audience: .admin, timeoutSeconds: 60,
        statusAfter: nil, writesBack: false, everySeconds: 900,
        parameters: [
            FieldDefinition(name: "limit", type: .integer, isRequired: true),
            FieldDefinition(name: "after_date", type: .string),
        ],
        result: [
            FieldDefinition(name: "count_remaining", type: .integer, isRequired: true),
            FieldDefinition(name: "notifications", type: .array),
        ])

    private static func function(_ name: String, _ effect: FunctionDefinition.Effect) -> FunctionDefinition {
        FunctionDefinition(
            name: name, title: name, help: "", effect: effect, audience: .admin, timeoutSeconds: 60,
            statusAfter: nil, writesBack: false,
            parameters: [
                FieldDefinition(name: "name", type: .string, isRequired: true),
                FieldDefinition(name: "password", type: .string, isSecret: true),
            ],
            result: [
                FieldDefinition(name: "name", type: .string, isRequired: true),
                FieldDefinition(name: "login_url", type: .string, isSecret: true),
            ])
    }

    static let registered = RegisteredProvider(ScriptedProvider.self, functions: functions)

    private let configuration: Configuration
    private let context: ProviderContext

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
    }

    func testConnection() async throws(ProviderError) -> String {
        _ = try await send(.get, "/test")
        return "Signed in with \(configuration.key ?? "nothing")."
    }

    func read(_ input: In) async throws(ProviderError) -> Out { try await call(.get, "/read", input) }
    func change(_ input: In) async throws(ProviderError) -> Out { try await call(.post, "/change", input) }
    func open(_ input: In) async throws(ProviderError) -> Out { try await call(.post, "/open", input) }
    func close(_ input: In) async throws(ProviderError) -> Out { try await call(.delete, "/close", input) }

    func poll(_ input: PollIn) async throws(ProviderError) -> PollOut {
        try await send(.get, "/poll/\(input.limit)/\(input.after ?? "all")").json(as: PollOut.self)
    }

    func openInSteps(_ input: In) async throws(ProviderError) -> Out {
        _ = try await send(.post, "/open", input)
        return try await call(.get, "/read", input)
    }

    func observe(_ input: In) async throws(ProviderError) -> Observation<Out> {
        switch try await send(.get, "/observe").json()["state"]?.stringValue {
        case "done": .done(Out(name: input.name))
        case "notDone": .notDone
        default: .unknown
        }
    }

    func order(_ input: In) async throws(ProviderError) -> ProviderAnswer<Out> {
        try await answer(try await send(.post, "/order", input))
    }

    func pollOrder(_ input: In, reference: String) async throws(ProviderError) -> ProviderAnswer<Out> {
        try await answer(try await send(.get, "/order/\(reference)"))
    }

    private func answer(_ response: HTTPResponse) async throws(ProviderError) -> ProviderAnswer<Out> {
        let body = try response.json()
        if let reference = body["reference"]?.stringValue {
            return .deferred(reference: reference, pollAfter: .milliseconds(90_500))
        }
        return .done(Out(name: body["name"]?.stringValue ?? ""))
    }

    private func call(_ method: HTTPRequest.Method, _ path: String, _ input: In) async throws(ProviderError)
        -> Out
    {
        try await send(method, path, input).json(as: Out.self)
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ input: In? = nil
    ) async throws(ProviderError) -> HTTPResponse {
        var request = HTTPRequest(method, host: "panel.example.com", port: configuration.port, path: path)
        request.headers = [.init("Authorization", "Bearer \(configuration.key ?? "")")]
        if let input { request.body = .form([.init("name", input.name), .init("pw", input.password ?? "")]) }
        return try await context.transport.send(request).successful()
    }
}
