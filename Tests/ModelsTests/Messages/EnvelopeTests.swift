import Foundation
import Models
import Testing

@Suite("Envelopes")
struct EnvelopeTests {
    private static let secret = "hunter2-in-plain-sight"

    private func body(_ change: (inout [String: JSONValue]) -> Void) throws -> Data {
        var envelope: [String: JSONValue] = [
            "specversion": "1.0", "id": "1", "source": "/gateway", "type": "token.authenticate.v1",
            "time": "2026-02-03T10:11:12.345Z", "datacontenttype": "application/json",
            "data": ["token_hash": .string(Self.secret)],
        ]
        change(&envelope)
        return try JSONEncoder().encode(envelope)
    }

    private func refusal(_ body: Data) -> String? {
        do {
            _ = try Envelope<AuthenticateToken>(decoding: body)
            return nil
        } catch {
            return error.message
        }
    }

    @Test("A whole envelope is read")
    func whole() throws {
        let envelope = try Envelope<AuthenticateToken>(decoding: try body { _ in })
        #expect(envelope.id == "1")
        #expect(envelope.source == "/gateway")
        #expect(envelope.subject == nil)
        #expect(envelope.time == Timestamp("2026-02-03T10:11:12.345Z"))
        #expect(envelope.data.tokenHash == Self.secret)
    }

    @Test("What is no envelope of the type is refused with the reason")
    func reasons() throws {
        let rows: [(String, (inout [String: JSONValue]) -> Void)] = [
            ("specversion 0.3 is not 1.0", { $0["specversion"] = "0.3" }),
            ("the type token.create.v1 is not token.authenticate.v1", { $0["type"] = "token.create.v1" }),
            ("the id is empty", { $0["id"] = "" }),
            ("/ has no member id", { $0["id"] = nil }),
            ("/ has no member specversion", { $0["specversion"] = nil }),
            ("/ has no member data", { $0["data"] = nil }),
            ("/data is null", { $0["data"] = .null }),
            ("/data is not an object", { $0["data"] = .string(Self.secret) }),
            ("/time has a value that is not allowed", { $0["time"] = .string(Self.secret) }),
            ("/data has no member token_hash", { $0["data"] = ["x": .string(Self.secret)] }),
            ("/data/token_hash is not text", { $0["data"] = ["token_hash": [.string(Self.secret)]] }),
        ]
        for (reason, change) in rows { #expect(refusal(try body(change)) == reason) }
    }

    @Test(
        "What is not JSON is refused without showing it",
        arguments: ["", "{", secret, "{\"a\": \(secret)}", "\u{0}"])
    func notJSON(text: String) {
        #expect(refusal(Data(text.utf8))?.hasPrefix("the message is not JSON: ") == true)
    }

    @Test("No reason shows a value of the data")
    func noValues() throws {
        let shapes: [JSONValue] = [
            .string(Self.secret), [.string(Self.secret)], ["token_hash": [.string(Self.secret)]],
            ["token_hash": ["a": .string(Self.secret)]], ["token_hash": .null, "x": .string(Self.secret)],
        ]
        for shape in shapes {
            let reason = try #require(refusal(try body { $0["data"] = shape }))
            #expect(!reason.contains(Self.secret))
        }
        struct Wrapped: MessagePayload {
            static let messageType = "token.authenticate.v1"
            var level: LogLevel

            init(json value: JSONValue) throws(JSONShapeError) { level = try JSONMembers(value).required("level") }
            func write(to bytes: inout [UInt8]) { level.write(to: &bytes) }
        }
        let data = try body { $0["data"] = ["level": .string(Self.secret)] }
        let error = #expect(throws: EnvelopeError.self) { try Envelope<Wrapped>(decoding: data) }
        #expect(error?.message == "/data/level has a value that is not allowed")
    }

    @Test("Replies carry a value or a failure")
    func replies() throws {
        let failure = RequestFailure(
            .invalid, "Not so.", problems: [FieldProblem(pointer: "/a", detail: "is required")])
        for reply in [Reply<NoReply>.failure(failure), .success(NoReply())] {
            let again = try Envelope<Reply<NoReply>>(
                decoding: Envelope(source: "/a", data: reply).encoded()
            ).data
            switch (reply, again) {
            case (.failure(let left), .failure(let right)): #expect(left == right)
            case (.success(let left), .success(let right)): #expect(left == right)
            default: Issue.record("a reply changed its kind")
            }
        }
        #expect(throws: RequestFailure.self) { try Reply<NoReply>.failure(failure).get() }
    }
}
