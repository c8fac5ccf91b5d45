import Bus
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Logging
import Models
import NIOCore
import NIOEmbedded
import ServiceRuntime
import Synchronization
import TestSupport

@testable import Gateway

/// A gateway over the embedded bus, with a fake orchestrator behind it and an administrator and two clients before it.
struct GatewayHarness: Sendable {
    static let admin = "admin-token-0123456789abcdef0123456789"
    static let jane = "client-token-jane"
    static let john = "client-token-john"

    let gateway: Gateway
    let fake: FakeOrchestrator
    let bus: EmbeddedBus
    let http: any TestClientProtocol
    /// Jane's client, product and the fake's key.
    let janeID: ClientID
    let product: ContractProduct
    let sealer: Sealer
    let clock: TestClock

    /// Runs `body` against a running gateway.
    static func run(
        _ setup: TestingSetup = .router, expecting categories: [String] = [],
        logger: Logger? = nil, configure: (inout RuntimeConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (GatewayHarness) async throws -> Void
    ) async throws {
        let logger = logger ?? Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let bus = EmbeddedBus(topology: .purser(categories: ["hosting"]))
        let key = MasterKey().derived(for: .gateway)
        let sealer = Sealer(key)
        let fake = FakeOrchestrator(bus: bus, sealer: sealer)
        var configuration = RuntimeConfiguration(
            sealingKey: Redacted(key.text), expectedCategories: categories)
        configuration.httpPort = 0
        configuration.rateLimit = 0
        configure(&configuration)
        let context = ServiceContext(
            name: Gateway.name, instance: "gateway-test", configuration: configuration, bus: bus,
            logger: logger)
        let clock = TestClock()
        let gateway = try Gateway.assemble(context, now: { clock.now })
        let (jane, john) = (ClientID.make(), ClientID.make())
        let product = Fixtures.product(of: jane)
        fake.addToken(admin, Principal(tokenID: .make(), name: "operator", role: .admin))
        fake.addToken(Self.jane, Principal(tokenID: .make(), name: "jane", role: .client, clientID: jane))
        fake.addToken(Self.john, Principal(tokenID: .make(), name: "john", role: .client, clientID: john))
        fake.state.withLock { $0.products[product.id] = product }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await fake.run() }
            group.addTask { try await gateway.feed.run() }
            // The first thing on the subscription is that events may have been missed before it.
            try await eventually("the feed runs") {
                gateway.parts.principals.principal(hash: "").generation > 0
            }
            try await gateway.application.test(setup) { http in
                try await body(
                    GatewayHarness(
                        gateway: gateway, fake: fake, bus: bus, http: http, janeID: jane, product: product,
                        sealer: sealer, clock: clock))
            }
            group.cancelAll()
        }
    }

    // MARK: Calling

    /// Calls with the cookie of a session instead of a token.
    func call(
        _ method: HTTPRequest.Method, _ uri: String, _ body: JSONValue? = nil, session: String,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        let cookie = ["Cookie": "other=1; purser_session=\(session)"]
        return try await call(method, uri, body, token: nil, headers: headers.merging(cookie) { $1 })
    }

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let text: String
        let json: JSONValue

        /// The pointers of a problem's errors.
        var pointers: [String] { json["errors"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue } ?? [] }
    }

    func call(
        _ method: HTTPRequest.Method, _ uri: String, _ body: JSONValue? = nil, token: String? = admin,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        try await call(
            method, uri, text: body.map { String(decoding: $0.text, as: UTF8.self) }, token: token,
            headers: headers)
    }

    /// - Parameter text: the body as it is sent.
    func call(
        _ method: HTTPRequest.Method, _ uri: String, text: String?, token: String? = admin,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var fields = HTTPFields()
        if let token { fields[.authorization] = "Bearer \(token)" }
        if text != nil { fields[.contentType] = "application/json" }
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value.isEmpty ? nil : value }
        }
        let response = try await http.executeRequest(
            uri: uri, method: method, headers: fields, body: text.map { ByteBuffer(string: $0) })
        let bytes = Data(response.body.readableBytesView)
        return Answer(
            status: response.status.code, headers: response.headers,
            text: String(decoding: bytes, as: UTF8.self),
            json: bytes.isEmpty ? .null : (try? RawJSON(bytes).decoded()) ?? .null)
    }

    var actionsPath: String { "/v1/contract-products/\(product.id)/actions" }

    /// Opens a stream; its text comes as it is written.
    func stream(
        _ uri: String, token: String = admin, lastEventID: Int? = nil,
        channel: any Channel = NIOAsyncTestingChannel(),
        hold: Gate? = nil
    ) async throws -> (status: Int, text: StreamText, run: @Sendable () async throws -> Void) {
        var fields = HTTPFields()
        fields[.authorization] = "Bearer \(token)"
        fields[.lastEventID] = lastEventID.map(String.init)
        let request = Request(
            head: HTTPRequest(
                method: .get, scheme: "http", authority: "localhost", path: uri, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer()))
        let context = GatewayContext(
            source: ApplicationRequestContextSource(channel: channel, logger: gateway.logger))
        let response = try await gateway.application.responder.respond(to: request, context: context)
        let text = StreamText()
        return (
            response.status.code, text,
            { try await response.body.write(StreamWriter(text: text, hold: hold)) }
        )
    }
}

/// A clock that goes on only when a test says so.
final class TestClock: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
}

/// What a stream has written so far.
final class StreamText: Sendable {
    private let parts = Recorder<String>()

    func append(_ text: String) { parts.record(text) }

    var text: String { parts.elements.joined() }

    /// Waits until the text contains this.
    func wait(for expected: String) async throws {
        try await eventually(within: .seconds(60), "\(expected) in \(text)") { text.contains(expected) }
    }

    /// The numbers after `id:`.
    var ids: [Int] {
        text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.compactMap { Int($0.dropFirst(4)) }
    }
}

private struct StreamWriter: ResponseBodyWriter {
    let text: StreamText
    /// Where the reader takes nothing until it is opened.
    let hold: Gate?

    func write(_ buffer: ByteBuffer) async throws {
        text.append(String(buffer: buffer))
        await hold?.wait()
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
