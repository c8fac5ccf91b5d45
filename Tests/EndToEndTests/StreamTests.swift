import Foundation
import Models
import SystemSupport
import Testing

@Suite("Streams over HTTP", .leavingNoSecrets)
struct StreamTests {
    @Test(
        "A reader of events that comes back misses none and gets none twice",
        arguments: PurserSystem.Form.allCases)
    func eventsResume(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let product = try await system.makeProduct()
        var stream = try await system.http.stream("/v1/events/stream")
        let create = try #require(
            try await system.run("create", PurserSystem.account, on: product)["id"]?.stringValue)
        let first = try await stream.events { $0.tells(of: create, "succeeded") }
        #expect(first.map(\.id) == first.map(\.id).sorted())
        #expect(first.contains { $0.tells(of: create, "dispatched") })

        // Its own events again, from the middle on, then those of what happened while it was away.
        let middle = try #require(first.first { $0.tells(of: create, "dispatched") })
        let suspend = try #require(try await system.run("suspend", on: product)["id"]?.stringValue)
        var resumed = try await system.http.stream("/v1/events/stream", lastEventID: "\(middle.id)")
        let second = try await resumed.events { $0.tells(of: suspend, "succeeded") }
        let terminate = try await system.submit("terminate", on: product)
        let live = try await resumed.events { $0.tells(of: terminate, "succeeded") }

        let numbers = (second + live).map(\.id)
        // The event table is numbered without gaps, so nothing between was left out.
        #expect(numbers == Array(middle.id + 1..<middle.id + 1 + numbers.count))
        let missed = first.filter { $0.id > middle.id }
        #expect(Array(second.prefix(missed.count)).map(\.type) == missed.map(\.type))
        #expect(second.contains { $0.tells(of: create, "succeeded") })
        #expect((second + live).contains { $0.type == "product.changed" && $0.data["status"] == "suspended" })
    }

    @Test("A client sees only events of its own things")
    func clientsEvents() async throws {
        let system = try await PurserSystem.shared(.embedded)
        let own = try await system.makeProduct()
        let other = try await system.makeProduct()
        let client = try await system.clientCaller(own.client)
        var stream = try await client.stream("/v1/events/stream")
        _ = try await system.run("create", PurserSystem.account, on: other)
        let id = try #require(
            try await system.run("create", PurserSystem.account, on: own)["id"]?.stringValue)
        let events = try await stream.events { $0.tells(of: id, "succeeded") }
        #expect(events.allSatisfy { !"\($0.data)".contains(other.id) })
    }

    @Test("The log is followed live and read on from where it was", arguments: PurserSystem.Form.allCases)
    func logIsLive(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let product = try await system.makeProduct()
        let path = "/v1/logs/stream?contract_product_id=\(product.id)"
        var stream = try await system.http.stream(path)
        let id = try await system.submit("create", PurserSystem.account, on: product)
        let expected: Set = ["Accepted action", "Began attempt", "Ended attempt", "Committed outcome"]
        var missing = expected
        let events = try await stream.events { event in
            missing.remove(event.data["message"]?.stringValue ?? "")
            return missing.isEmpty
        }
        #expect(events.allSatisfy { $0.data["action_id"]?.stringValue == id })
        #expect(events.map(\.id) == events.map(\.id).sorted())

        var resumed = try await system.http.stream(path, lastEventID: "\(events[0].id)")
        let next = try await resumed.events { $0.id == events[events.count - 1].id }
        #expect(next == Array(events.dropFirst()))
    }
}

extension StreamedEvent {
    /// Whether it says that this action came to this state.
    func tells(of action: String, _ state: String) -> Bool {
        type == "action.changed" && data["action"]?["id"]?.stringValue == action
            && data["action"]?.state == state
    }
}
