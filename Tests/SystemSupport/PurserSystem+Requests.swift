import Foundation
package import Models
import TestSupport

/// A contract product with its demo configuration and client, made for a test.
package struct TestProduct: Sendable {
    package let id: String
    package let configuration: String
    package let client: String
}

extension PurserSystem {
    // MARK: Making things

    /// Makes one thing.
    ///
    /// - Returns: its id.
    private func make(_ path: String, _ body: JSONValue) async throws -> String {
        let answer = try await http.call(.post, path, body)
        guard answer.status == 201, let id = answer["id"]?.stringValue else {
            throw WaitingError(description: "POST \(path) answered \(answer)")
        }
        return id
    }

    package func makeClient() async throws -> String {
        try await make("/v1/clients", ["name": "Jane Doe", "email": "jane@example.com"])
    }

    /// Makes a configuration of a category's demo provider, which is a third party of its own.
    ///
    /// - Parameter maxConcurrent: how many of its actions are under way at once; what its contract says where 0.
    package func makeConfiguration(
        _ settings: JSONValue = [:], category: String = "hosting", maxConcurrent: Int = 0
    ) async throws -> String {
        var settings = settings.objectValue ?? [:]
        if settings["api_token"] == nil { settings["api_token"] = .string(canary.value) }
        return try await make(
            "/v1/configurations",
            [
                "category": .string(category), "provider": "demo", "name": "Demo provider",
                "settings": .object(settings), "max_concurrent": .integer(maxConcurrent),
            ])
    }

    package func makeProduct(
        client: String, configuration: String, category: String = "hosting"
    ) async throws -> TestProduct {
        let id = try await make(
            "/v1/contract-products",
            [
                "client_id": .string(client), "category": .string(category),
                "configuration_id": .string(configuration),
                "name": "Web space", "package": "gold",
            ])
        return TestProduct(id: id, configuration: configuration, client: client)
    }

    /// Makes a product with a client and a configuration of its own.
    package func makeProduct(
        _ settings: JSONValue = [:], category: String = "hosting"
    ) async throws -> TestProduct {
        try await makeProduct(
            client: try await makeClient(),
            configuration: try await makeConfiguration(settings, category: category), category: category)
    }

    /// Changes settings; null removes one.
    package func change(_ configuration: String, _ settings: JSONValue) async throws {
        let answer = try await http.call(
            .patch, "/v1/configurations/\(configuration)", ["settings": settings])
        guard answer.status == 200 else { throw WaitingError(description: "PATCH answered \(answer)") }
    }

    package func product(_ product: TestProduct) async throws -> JSONValue {
        let answer = try await http.call(.get, "/v1/contract-products/\(product.id)")
        guard answer.status == 200 else { throw WaitingError(description: "GET answered \(answer)") }
        return answer.json
    }

    // MARK: Actions

    /// What `create` is given where a test does not care.
    package static let account: JSONValue = [
        "domain": "example.com", "email": "jane@example.com", "package_name": "gold",
    ]

    private func submission(_ function: String, _ parameters: JSONValue, runAt: Timestamp? = nil)
        -> JSONValue
    {
        let body: JSONValue = ["function": .string(function), "parameters": parameters]
        guard let runAt, var members = body.objectValue else { return body }
        members["run_at"] = .string("\(runAt)")
        return .object(members)
    }

    /// Submits an action without waiting for it.
    ///
    /// - Parameter runAt: not before; at once where nil.
    /// - Returns: its id.
    package func submit(
        _ function: String, _ parameters: JSONValue = [:], on product: TestProduct, runAt: Timestamp? = nil
    ) async throws -> String {
        let answer = try await http.call(
            .post, "/v1/contract-products/\(product.id)/actions",
            submission(function, parameters, runAt: runAt))
        guard answer.status == 202, let id = answer["id"]?.stringValue else {
            throw WaitingError(description: "\(function) answered \(answer)")
        }
        return id
    }

    /// Submits an action as a careful caller does: again, under the same key, until it is accepted.
    package func submitUntilAccepted(
        _ function: String, _ parameters: JSONValue = [:], on product: TestProduct,
        key: String = UUID().uuidString, within limit: Duration = .seconds(60)
    ) async throws -> String {
        let key = ["Idempotency-Key": key]
        var accepted: String?
        try await eventually(within: limit, every: .milliseconds(100), "the acceptance of \(function)") {
            do {
                let answer = try await http.call(
                    .post, "/v1/contract-products/\(product.id)/actions", submission(function, parameters),
                    headers: key,
                    within: .seconds(15))
                accepted = [200, 202].contains(answer.status) ? answer["id"]?.stringValue : nil
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                accepted = nil  // The gateway is away.
            }
            return accepted != nil
        }
        guard let accepted else { throw CancellationError() }
        return accepted
    }

    /// Runs an action and waits for its end, as `wait` does.
    package func run(_ function: String, _ parameters: JSONValue = [:], on product: TestProduct) async throws
        -> JSONValue
    {
        let answer = try await http.call(
            .post, "/v1/contract-products/\(product.id)/actions?wait=60", submission(function, parameters))
        guard answer.status == 200 else { throw WaitingError(description: "\(function) answered \(answer)") }
        return answer.json
    }

    package func action(_ id: String) async throws -> JSONValue {
        let answer = try await http.call(.get, "/v1/actions/\(id)")
        guard answer.status == 200 else { throw WaitingError(description: "GET answered \(answer)") }
        return answer.json
    }

    /// Waits until an action is in one of these states, also while the gateway is away.
    package func action(
        _ id: String, in states: String..., within limit: Duration = .seconds(60)
    ) async throws -> JSONValue {
        var last: JSONValue = .null
        try await eventually(within: limit, every: .milliseconds(50), "\(id) in \(states); it is \(last)") {
            do {
                last = try await self.http.call(.get, "/v1/actions/\(id)", within: .seconds(15)).json
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                return false
            }
            return states.contains(last["state"]?.stringValue ?? "")
        }
        return last
    }

    /// Waits for an action's end.
    package func ended(_ id: String, within limit: Duration = .seconds(60)) async throws -> JSONValue {
        try await action(id, in: "succeeded", "failed", "cancelled", "rejected", within: limit)
    }

    /// Carries out a decision on an action: cancel, retry, adopt or abandon.
    package func decide(_ decision: String, _ body: JSONValue? = nil, on action: String) async throws
        -> Answer
    {
        try await http.call(.post, "/v1/actions/\(action)/\(decision)", body)
    }

    // MARK: Logs

    /// The stored log entries of an action, in the order of their numbers.
    package func log(of action: String) async throws -> [JSONValue] {
        let answer = try await http.call(
            .get, "/v1/logs?action_id=\(action)&limit=1000", within: .seconds(15))
        guard answer.status == 200 else { return [] }
        return (answer["items"]?.arrayValue ?? []).reversed()
    }

    /// Waits until the stored log of an action has these messages.
    ///
    /// - Returns: its entries.
    @discardableResult
    package func log(
        of action: String, with messages: String..., within limit: Duration = .seconds(30)
    ) async throws -> [JSONValue] {
        var entries: [JSONValue] = []
        try await eventually(
            within: limit, every: .milliseconds(50), "\(messages) in the log; it has \(entries.messages)"
        ) {
            entries = try await self.log(of: action)
            return messages.allSatisfy { entries.messages.contains($0) }
        }
        return entries
    }
}

extension [JSONValue] {
    /// The messages of log entries.
    package var messages: [String] { compactMap { $0["message"]?.stringValue } }
}

extension JSONValue {
    /// The state of an action.
    package var state: String? { self["state"]?.stringValue }

    /// The outcomes of an action's attempts, `none` where there is none.
    package var outcomes: [String] {
        (self["attempts"]?.arrayValue ?? []).map { $0["outcome"]?.stringValue ?? "none" }
    }
}

extension PurserSystem {
    /// Calls the gateway as a client.
    package func clientCaller(_ client: String) async throws -> HTTPCaller {
        let answer = try await http.call(
            .post, "/v1/tokens", ["name": "test", "role": "client", "client_id": .string(client)])
        guard answer.status == 201, let token = answer["token"]?.stringValue else {
            throw WaitingError(description: "POST /v1/tokens answered \(answer)")
        }
        return http.with(token: token)
    }
}
