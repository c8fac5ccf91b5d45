import Bus
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import LogCollector
import Logging
import Models
import NIOCore
import NIOEmbedded
import ServiceLifecycle
import ServiceRuntime
import Synchronization
import TestSupport

@testable import Gateway
@testable import Orchestrator

/// The gateway before the real orchestrator and log collector, over the embedded bus, with stores of their own. There is no
/// adapter, so actions stay as they are accepted.
struct AccessHarness: Sendable {
    static let admin = "an-operators-own-token-of-32-characters"
    /// So cheap that tests do not wait for it.
    private static let passwordCost = PasswordHash.Cost(logarithmOfRounds: 4, blockSize: 8, parallelism: 1)

    let gateway: Gateway
    let parts: Orchestrator.Parts
    let bus: EmbeddedBus
    let clock: TestClock
    let log: LogRecorder
    private let http: any TestClientProtocol

    static func run(
        configure: (inout RuntimeConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (AccessHarness) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let bus = EmbeddedBus(topology: .purser(categories: ["hosting"]))
        let clock = TestClock()
        let log = LogRecorder()
        let logger = log.logger
        var configuration = RuntimeConfiguration(dataFolder: folder.path)
        configuration.masterKey = Redacted(MasterKey().text)
        configuration.adminToken = Redacted(admin)
        configuration.httpPort = 0
        configuration.rateLimit = 0
        configure(&configuration)
        func context(_ name: String) -> ServiceContext {
            ServiceContext(
                name: name, instance: "\(name)-test", configuration: configuration, bus: bus, logger: logger)
        }
        let collector = try LogCollector.build(context(LogCollector.name))
        let (parts, orchestrator) = try await Orchestrator.assemble(
            context(Orchestrator.name), now: { clock.time }, uptime: { clock.uptime },
            passwordCost: passwordCost)
        let gateway = try Gateway.assemble(context(Gateway.name), now: { clock.instant })
        try await announce(to: parts, at: clock.time)
        let group = ServiceGroup(
            services: [BusService(bus)] + collector + orchestrator + [gateway.feed, gateway.ticker],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await gateway.application.test(.router) { http in
                let harness = AccessHarness(
                    gateway: gateway, parts: parts, bus: bus, clock: clock, log: log, http: http)
                try await eventually("the parts answer") {
                    let status = try await harness.call(.get, "/v1/status").status
                    let logs = try await harness.call(.get, "/v1/logs").status
                    return status == 200 && logs == 200
                }
                try await body(harness)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// A provider that supports every function of hosting.
    private static func announce(to parts: Orchestrator.Parts, at time: Timestamp) async throws {
        let provider = ProviderDescriptor(
            provider: "demo", category: "hosting", title: "Demo", vendorPage: "", help: "", concurrency: 8,
            configuration: [FieldDefinition(name: "hostname", type: .string, isRequired: true)],
            functions: Hosting.blueprint.functions.map {
                SupportedFunction(name: $0.name, isObservable: true)
            })
        let announcement = AdapterAnnounced(
            instance: "hosting-1", category: "hosting", providers: [provider], leaving: false)
        _ = parts.catalogue.note(announcement, now: time)
        try await parts.store.write { try $0.note(announcement, at: time) }
    }

    // MARK: Calling

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let text: String
        let json: JSONValue

        var id: String { json["id"]?.stringValue ?? "" }
    }

    /// By what someone is known.
    enum Credential: Sendable {
        case nobody
        case token(String)
        /// What the cookie holds; requests that change something send its token along.
        case session(String)
    }

    func call(
        _ method: HTTPRequest.Method, _ uri: String, _ body: JSONValue? = nil,
        as credential: Credential = .token(admin)
    ) async throws -> Answer {
        let text = body.map { ByteBuffer(bytes: $0.text) }
        return try await answer(method, uri, Self.headers(credential, hasBody: body != nil), text)
    }

    private func answer(
        _ method: HTTPRequest.Method, _ uri: String, _ headers: HTTPFields, _ body: ByteBuffer?
    ) async throws -> Answer {
        let response = try await http.executeRequest(uri: uri, method: method, headers: headers, body: body)
        let bytes = Data(response.body.readableBytesView)
        return Answer(
            status: response.status.code, headers: response.headers,
            text: String(decoding: bytes, as: UTF8.self),
            json: bytes.isEmpty ? .null : (try? RawJSON(bytes).decoded()) ?? .null)
    }

    /// Sends a page's form that has nothing but the session's token.
    func send(_ path: String, as credential: Credential) async throws -> Answer {
        var fields = Self.headers(credential, hasBody: false)
        fields[.contentType] = "application/x-www-form-urlencoded"
        let token = fields[.csrfToken] ?? ""
        fields[.csrfToken] = nil
        return try await answer(.post, path, fields, ByteBuffer(string: "csrf_token=\(token)"))
    }

    /// Everything that can be asked for: the interface and the pages.
    var routes: [HTTPRoute] { gateway.routes + gateway.pages }

    private static func headers(_ credential: Credential, hasBody: Bool) -> HTTPFields {
        var fields = HTTPFields()
        if hasBody { fields[.contentType] = "application/json" }
        switch credential {
        case .nobody: break
        case .token(let token): fields[.authorization] = "Bearer \(token)"
        case .session(let secret):
            fields[.cookie] = "purser_session=\(secret)"
            fields[.csrfToken] = SessionSecret(secret)?.csrfToken
        }
        return fields
    }

    /// Opens a stream from its beginning and reads it until a text has come; then lets it go.
    ///
    /// - Returns: the status, and all that came.
    func stream(
        _ uri: String, as credential: Credential, until expected: String
    ) async throws -> (status: Int, text: String) {
        var fields = Self.headers(credential, hasBody: false)
        fields[.lastEventID] = "0"
        let request = Request(
            head: HTTPRequest(
                method: .get, scheme: "http", authority: "localhost", path: uri, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer()))
        let context = GatewayContext(
            source: ApplicationRequestContextSource(
                channel: NIOAsyncTestingChannel(), logger: gateway.logger))
        let response = try await gateway.application.responder.respond(to: request, context: context)
        guard response.status == .ok else { return (response.status.code, "") }
        let parts = Recorder<String>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await response.body.write(StreamWriter(parts: parts)) }
            try await eventually(within: .seconds(60), "\(expected) in \(parts.elements.joined())") {
                parts.elements.joined().contains(expected)
            }
            group.cancelAll()
        }
        return (response.status.code, parts.elements.joined())
    }

    /// Signs someone in.
    ///
    /// - Returns: what the cookie holds.
    func signIn(_ email: String, _ password: String, code: String? = nil) async throws -> String {
        var body: [String: JSONValue] = ["email": .string(email), "password": .string(password)]
        body["code"] = code.map { .string($0) }
        let answer = try await call(.post, "/v1/sessions", .object(body), as: .nobody)
        guard answer.status == 201, let cookie = answer.headers[.setCookie] else {
            throw WaitingError(description: "\(email) could not sign in: \(answer.text)")
        }
        return String(cookie.dropFirst("purser_session=".count).prefix { $0 != ";" })
    }
}

/// Clocks that go on only when a test says so.
final class TestClock: Sendable {
    private let passed = Mutex(Duration.zero)
    private let start = (instant: ContinuousClock.now, time: Timestamp.now)

    var uptime: Duration { passed.withLock { $0 } }
    var instant: ContinuousClock.Instant { start.instant.advanced(by: uptime) }
    var time: Timestamp { start.time.advanced(by: uptime) }

    func advance(by duration: Duration) { passed.withLock { $0 += duration } }
}

extension LogRecorder.Line {
    /// What kind of security event it is; nil for other lines.
    var security: String? { metadata[LogKey.security] }
}

private struct StreamWriter: ResponseBodyWriter {
    let parts: Recorder<String>

    func write(_ buffer: ByteBuffer) async throws { parts.record(String(buffer: buffer)) }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
