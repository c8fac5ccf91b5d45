import AsyncHTTPClient
import Foundation
import Models
import NIOCore

import NIOHTTP1

/// Talks to the gateway over HTTP.
struct PurserClient: Sendable {
    /// The longest answer that is read: 64 MiB.
    private static let answerLimit = 64 << 20
    /// How long a call may take. Waits for an action's end are not done by one call.
    private static let timeout: TimeAmount = .seconds(75)

    let url: String
    let token: String?

    init(url: String, token: String?) {
        self.url = url
        self.token = token
    }

    /// Reads `PURSER_URL` (`http://127.0.0.1:8080` if not set) and `PURSER_TOKEN`, or else the file `admin-token` in the
    /// folder `PURSER_DATA` (`./.purser` if not set).
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        var url = value("PURSER_URL") ?? "http://127.0.0.1:8080"
        while url.hasSuffix("/") { url.removeLast() }
        self.url = url
        let file = (value("PURSER_DATA") ?? "./.purser") + "/admin-token"
        token =
            value("PURSER_TOKEN")
            ?? FileManager.default.contents(atPath: file).map {
                String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            }
    }

    // MARK: Calls

    func get(_ path: String, _ query: [(String, String?)] = []) async throws -> JSONValue {
        try await call(.GET, path + Self.query(query))
    }

    func post(_ path: String, _ body: JSONValue = .object([:]), headers: [String: String] = [:]) async throws
        -> JSONValue
    {
        try await call(.POST, path, body, headers: headers)
    }

    func patch(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        try await call(.PATCH, path, body)
    }

    func delete(_ path: String) async throws {
        _ = try await call(.DELETE, path)
    }

    /// The answer of a call that may fail without that being an error.
    func answer(_ path: String) async throws -> (status: Int, body: JSONValue) {
        let response = try await execute(request(.GET, path))
        return (Int(response.status.code), try await Self.body(of: response))
    }

    private func call(
        _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, headers: [String: String] = [:]
    ) async throws -> JSONValue {
        var request = request(method, path)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await execute(request)
        let answer = try await Self.body(of: response)
        guard (200..<300).contains(response.status.code) else {
            throw Self.failure(status: Int(response.status.code), problem: answer)
        }
        return answer
    }

    func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        return request
    }

    /// Sends a request.
    ///
    /// - Throws: `CommandFailure` (`unavailable`) where no answer comes.
    func execute(_ request: HTTPClientRequest, timeout: TimeAmount = Self.timeout) async throws
        -> HTTPClientResponse
    {
        do {
            return try await HTTPClient.shared.execute(request, timeout: timeout)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw CommandFailure(
                .unavailable,
                "Purser cannot be reached at \(url). Start it with ./compose/up, or set PURSER_URL to where it runs.",
                details: ["\(error)"])
        }
    }

    private static func body(of response: HTTPClientResponse) async throws -> JSONValue {
        let buffer: ByteBuffer
        do {
            buffer = try await response.body.collect(upTo: answerLimit)
        } catch {
            throw CommandFailure(.unavailable, "The answer broke off. Try again.", details: ["\(error)"])
        }
        if buffer.readableBytes == 0 { return .null }
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(buffer.readableBytesView))
        } catch {
            throw CommandFailure(
                .unavailable, "What answers is not Purser. Set PURSER_URL to where Purser runs.",
                details: ["status \(response.status.code)"])
        }
    }

    // MARK: Failures

    /// What a problem document says, as a sentence.
    static func failure(status: Int, problem: JSONValue) -> CommandFailure {
        let detail =
            problem["detail"]?.stringValue ?? problem["title"]?.stringValue ?? "Purser answered \(status)."
        let fields = problem["errors"]?.arrayValue ?? []
        let lines = fields.map { "\($0["pointer"]?.stringValue ?? "") \($0["detail"]?.stringValue ?? "")" }
        switch status {
        case 401:
            return CommandFailure(.notPermitted, "\(detail) Set PURSER_TOKEN to a token that is good.")
        case 403: return CommandFailure(.notPermitted, detail)
        case 429, 500...: return CommandFailure(.unavailable, detail, details: lines)
        default: return CommandFailure(.refused, detail, details: lines.count > 1 ? lines : [])
        }
    }

    // MARK: Queries

    /// A text as part of a path or a query (RFC 3986, section 2.3).
    static func encoded(_ text: String) -> String {
        let kept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        return text.addingPercentEncoding(withAllowedCharacters: CharacterSet(charactersIn: kept)) ?? ""
    }

    /// A query with those parameters that have a value.
    static func query(_ parameters: [(String, String?)]) -> String {
        let pairs = parameters.compactMap { name, value in value.map { "\(name)=\(encoded($0))" } }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }
}
