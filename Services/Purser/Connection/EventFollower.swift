import AsyncHTTPClient
import Foundation
import Models
import NIOCore
import NIOHTTP1

/// Follows a stream over disconnections: connects again with `Last-Event-ID`, after 0.5 s at first and 5 s at most.
struct EventFollower {
    private static let firstDelay: Duration = .milliseconds(500)
    private static let longestDelay: Duration = .seconds(5)
    /// The server sends at least a comment every 15 s; after this much silence the connection counts as lost.
    private static let silence: TimeAmount = .seconds(45)

    enum Next {
        case goOn
        case stop
    }

    let client: PurserClient
    let path: String
    var lastEventID: String?

    /// - Parameters:
    ///   - connected: called whenever the stream has been opened, and before any event of it.
    ///   - handle: called for each event, in order.
    /// - Throws: what the closures throw; a failure of the first connection; a refusal of any.
    mutating func follow(
        connected: () async throws -> Next = { .goOn }, handle: (ServerSentEvent) async throws -> Next
    ) async throws {
        var delay = Self.firstDelay
        var isFirst = true
        while true {
            do {
                let response = try await open()
                if case .stop = try await connected() { return }
                isFirst = false
                delay = Self.firstDelay
                if case .stop = try await read(response, handle) { return }
            } catch let failure as CommandFailure where failure.status == .unavailable && !isFirst {
                warn("The connection was lost; connecting again.")
            }
            try await Task.sleep(for: delay)
            delay = min(delay * 2, Self.longestDelay)
        }
    }

    private func open() async throws -> HTTPClientResponse {
        var request = client.request(.GET, path)
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: lastEventID) }
        let response = try await client.execute(request, timeout: .hours(24))
        guard response.status == .ok else {
            let problem = try await response.body.collect(upTo: 1 << 20)
            // What is no problem document says no more than its status.
            let document =
                (try? JSONDecoder().decode(JSONValue.self, from: Data(problem.readableBytesView))) ?? .null
            throw PurserClient.failure(status: Int(response.status.code), problem: document)
        }
        return response
    }

    private mutating func read(
        _ response: HTTPClientResponse, _ handle: (ServerSentEvent) async throws -> Next
    ) async throws -> Next {
        var parser = ServerSentEventParser(lastID: lastEventID)
        var body = response.body.makeAsyncIterator()
        while true {
            let part: ByteBuffer?
            do {
                part = try await body.next()
            } catch let error as CancellationError {
                throw error
            } catch {
                throw CommandFailure(.unavailable, "The stream broke off.", details: ["\(error)"])
            }
            guard let part else { return .goOn }
            for event in parser.events(in: part.readableBytesView) {
                lastEventID = event.id ?? lastEventID
                if case .stop = try await handle(event) { return .stop }
            }
            if parser.isTooLong {
                throw CommandFailure(
                    .refused,
                    "An event is longer than \(ServerSentEventParser.byteLimit) bytes. What answers is not Purser."
                )
            }
        }
    }
}
