import AsyncHTTPClient
package import Foundation
package import Models
import NIOCore
package import NIOHTTP1
import NIOPosix
import TestSupport

/// What came back to a request.
package struct Answer: Sendable, CustomStringConvertible {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: Data

    /// The body; null where it is no JSON.
    package var json: JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: body)
        } catch {
            return .null
        }
    }

    package subscript(_ key: String) -> JSONValue? { json[key] }

    /// Whether it is a problem document (RFC 9457) of its own status.
    package var isProblem: Bool {
        headers.first(name: "content-type")?.hasPrefix("application/problem+json") == true
            && json["status"]?.integerValue == status && json["title"]?.stringValue?.isEmpty == false
            && json["type"]?.stringValue?.isEmpty == false && json["detail"]?.stringValue?.isEmpty == false
    }

    package var description: String { "\(status) \(String(decoding: body.prefix(600), as: UTF8.self))" }
}

/// Calls a gateway as a stranger would.
package struct HTTPCaller: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// Never shut down: it ends with the test process.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        // A gateway that is away is told to the test at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }()

    /// The longest body that is read: 8 MiB.
    private static let bodyLimit = 8 << 20

    package let base: String
    package var token: String?

    package init(port: Int, token: String?) {
        base = "http://127.0.0.1:\(port)"
        self.token = token
    }

    /// The same for someone else.
    package func with(token: String?) -> HTTPCaller {
        var caller = self
        caller.token = token
        return caller
    }

    /// - Parameter limit: from the call to the end of the answer.
    package func call(
        _ method: Method, _ path: String, _ body: JSONValue? = nil, headers: [String: String] = [:],
        within limit: Duration = .seconds(75)
    ) async throws -> Answer {
        let data = try body.map { try JSONEncoder().encode($0) }
        return try await send(method, path, data, headers: headers, within: limit)
    }

    /// The same with a body of any bytes, declared as JSON.
    package func send(
        _ method: Method, _ path: String, _ body: Data?, headers: [String: String] = [:],
        within limit: Duration = .seconds(75)
    ) async throws -> Answer {
        var request = request(method, path, headers: headers)
        if let body {
            if headers["Content-Type"] == nil {
                request.headers.add(name: "Content-Type", value: "application/json")
            }
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        return try await TestSupport.within(limit, "the answer to \(method.rawValue) \(path)") { [request] in
            let response = try await Self.client.execute(request, deadline: .distantFuture)
            let bytes = try await response.body.collect(upTo: Self.bodyLimit)
            return Answer(
                status: Int(response.status.code), headers: response.headers,
                body: Data(bytes.readableBytesView))
        }
    }

    /// Opens a stream of server-sent events; returns when the gateway has begun it.
    ///
    /// - Parameter limit: until when all of it must have been read.
    package func stream(
        _ path: String, lastEventID: String? = nil, within limit: Duration = .seconds(75)
    ) async throws -> EventStream {
        let deadline = ContinuousClock.now + limit
        let headers = lastEventID.map { ["Last-Event-ID": $0] } ?? [:]
        let response = try await Self.client.execute(
            request(.get, path, headers: headers), timeout: TimeAmount(limit))
        guard response.status == .ok, response.headers.first(name: "content-type") == "text/event-stream"
        else {
            throw WaitingError(description: "\(path) answered \(response.status)")
        }
        return EventStream(response.body, until: deadline)
    }

    private func request(_ method: Method, _ path: String, headers: [String: String]) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = HTTPMethod(rawValue: method.rawValue)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        return request
    }
}
