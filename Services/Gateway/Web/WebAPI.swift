import Hummingbird
import HummingbirdCore
import HTTPTypes
import Models
import NIOCore
import Synchronization

/// The interface's own routes, as pages use them: what a page shows or does is what the same person may over HTTP, checked
/// and carried out by the same code.
struct WebAPI: Sendable {
    private let routes: [String: HTTPRoute]

    init(_ routes: [HTTPRoute]) {
        self.routes = Dictionary(routes.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Whether the caller may use a route; false where there is none of that name.
    func permits(_ name: String, _ call: Call) -> Bool {
        guard let route = routes[name], let caller = call.caller else { return false }
        return route.access.refusal(of: caller) == nil && (!caller.isViewing || route.method == .get)
    }

    /// Calls a route as whoever asks for the page.
    ///
    /// - Parameters:
    ///   - path: what stands in the place of the path's names.
    ///   - body: members that are null are left out.
    ///   - key: under which a repeat of it is known.
    /// - Returns: the JSON that it answers; null where that is nothing.
    /// - Throws: `Problem` and `RequestFailure`, as over HTTP.
    @discardableResult
    func ask(
        _ name: String, _ call: Call, path: [String: String] = [:], query: [String: JSONValue] = [:],
        body: [String: JSONValue] = [:], key: String? = nil
    ) async throws -> JSONValue {
        let response = try await respond(name, call, path: path, query: query, body: body, key: key)
        let writer = BodyCollector()
        try await response.body.write(writer)
        let bytes = writer.bytes
        return bytes.readableBytes == 0 ? .null : try JSONText.parse(String(buffer: bytes))
    }

    /// The same, with the headers of the answer.
    func respond(
        _ name: String, _ call: Call, path: [String: String] = [:], query: [String: JSONValue] = [:],
        body: [String: JSONValue] = [:], key: String? = nil
    ) async throws -> Response {
        // A page that asks for a route which is not there is a defect, found by its first test.
        guard let route = routes[name] else { throw Problem.internal }
        if route.access != .none, let refusal = route.access.refusal(of: try call.principal) { throw refusal }
        var call = call
        call.path = Parameters(path.map { (key: Substring($0.key), value: Substring($0.value)) })
        call.query = query.filter { $0.value != .null }
        call.body = body.filter { $0.value != .null }
        var head = call.request.head
        head.headerFields[.idempotencyKey] = key
        call.request = Request(head: head, body: call.request.body)
        var problems = route.query.problems(in: call.query, at: "/query")
        if let expected = route.body { problems += expected.fields.problems(in: call.body) }
        if !problems.isEmpty { throw Problem.invalid(problems) }
        return try await route.handler(call)
    }
}

/// Keeps what a response writes.
private struct BodyCollector: ResponseBodyWriter {
    private final class Storage: Sendable {
        let bytes = Mutex(ByteBuffer())
    }

    private let storage = Storage()

    var bytes: ByteBuffer { storage.bytes.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        _ = storage.bytes.withLock { $0.writeImmutableBuffer(buffer) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
