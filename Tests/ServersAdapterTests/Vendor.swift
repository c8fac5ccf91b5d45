import AdapterKit
import AdapterTestSupport
import Models
import ServersAdapter
import TestSupport

/// A provider before a third party that a test answers for.
struct Vendor: Sendable {
    typealias Answer = Result<HTTPResponse, ProviderError>

    static let lost = Answer.failure(ProviderError(.timedOut, mayHaveTakenEffect: true))

    private let transport: StubTransport
    private let bench: AttemptBench
    private let folder: TemporaryFolder
    private let provider: String
    private let settings: [String: JSONValue]

    init(
        _ provider: String, _ settings: [String: JSONValue],
        answer: @escaping @Sendable (HTTPRequest) -> Answer
    ) throws {
        self.provider = provider
        self.settings = settings
        transport = StubTransport { answer($0) }
        folder = try TemporaryFolder()
        bench = AttemptBench(
            blueprint: Servers.blueprint, providers: ServersAdapter.providers, network: transport,
            dataFolder: folder.path)
    }

    /// - Parameters:
    ///   - possibleDuplicate: whether it may have been run before.
    ///   - reference: of what was deferred, where it is asked about.
    func run(
        _ function: String, _ parameters: [String: JSONValue], possibleDuplicate: Bool = false,
        polling reference: String? = nil
    ) async -> ActionOutcome {
        await bench.runner.run(
            bench.action(
                function, provider: provider, settings: settings, parameters: parameters,
                possibleDuplicate: possibleDuplicate, deferredReference: reference),
            isRedelivered: false, traceparent: nil)
    }

    /// What was sent, in order.
    var sent: [HTTPRequest] { transport.sent.elements }

    var paths: [String] { sent.map(\.path) }

    /// The requests that could change something, in order.
    var changes: [HTTPRequest] { sent.filter(\.isChanging) }

    /// The fields of a request's query and body, by name.
    static func fields(of request: HTTPRequest) -> [String: String] {
        var fields = request.query
        if case .form(let form) = request.body { fields += form }
        return Dictionary(fields.map { ($0.name, $0.value) }) { $1 }
    }
}
