import AdapterKit
import AdapterTestSupport
import Models
import Testing

@Suite("What may be a repeat")
struct RepeatTests {
    private static let looks: [(state: String, outcome: AttemptOutcome, paths: [String])] = [
        ("done", .succeeded, ["/observe"]), ("notDone", .succeeded, ["/observe", "/open"]),
        ("unknown", .unsure, ["/observe"]),
    ]

    @Test("A possible repeat of opening looks first, and runs only if it was not done", arguments: looks)
    func possibleDuplicate(state: String, outcome: AttemptOutcome, paths: [String]) async throws {
        let scripted = try Scripted(["/observe": Scripted.state(state), "/open": Scripted.done])
        let result = await scripted.run(scripted.action("open", possibleDuplicate: true))
        #expect(result.outcome == outcome)
        #expect(result.observed == (state == "done"))
        #expect(scripted.transport.paths == paths)
    }

    @Test("A redelivery counts as a possible repeat", arguments: looks)
    func redelivery(state: String, outcome: AttemptOutcome, paths: [String]) async throws {
        let scripted = try Scripted(["/observe": Scripted.state(state), "/open": Scripted.done])
        let result = await scripted.run(scripted.action("open"), isRedelivered: true)
        #expect(result.outcome == outcome)
        #expect(scripted.transport.paths == paths)
    }

    @Test("What cannot be taken back is looked at like what is opened")
    func irreversible() async throws {
        let scripted = try Scripted(["/observe": Scripted.state("done")])
        let result = await scripted.run(scripted.action("close", possibleDuplicate: true))
        #expect(result.outcome == .succeeded)
        #expect(result.observed)
        #expect(scripted.transport.paths == ["/observe"])
    }

    @Test("A possible repeat of what cannot be looked at is unsure, and nothing is sent")
    func unobservable() async throws {
        let scripted = try Scripted(["/open": Scripted.done])
        let result = await scripted.run(scripted.action("openBlind", possibleDuplicate: true))
        #expect(result.outcome == .unsure)
        #expect(result.error != nil)
        #expect(scripted.transport.paths.isEmpty)
    }

    @Test("A possible repeat of a reading or idempotent function simply runs", arguments: ["read", "change"])
    func harmless(function: String) async throws {
        let scripted = try Scripted(["/\(function)": Scripted.done])
        let result = await scripted.run(
            scripted.action(function, possibleDuplicate: true), isRedelivered: true)
        #expect(result.outcome == .succeeded)
        #expect(scripted.transport.paths == ["/\(function)"])
    }

    @Test("A later attempt looks first, since the provider may have finished late")
    func laterAttempt() async throws {
        let scripted = try Scripted(["/observe": Scripted.state("done"), "/open": Scripted.done])
        let result = await scripted.run(scripted.action("open", attempt: 2))
        #expect(result.observed)
        #expect(scripted.transport.paths == ["/observe"])
    }

    @Test("A later attempt of what cannot be looked at runs, if the earlier one is known to have failed")
    func laterBlindAttempt() async throws {
        let scripted = try Scripted(["/open": Scripted.done])
        let result = await scripted.run(scripted.action("openBlind", attempt: 2))
        #expect(result.outcome == .succeeded)
        #expect(!result.observed)
    }

    @Test("A first attempt does not look")
    func firstAttempt() async throws {
        let scripted = try Scripted(["/observe": Scripted.state("done"), "/open": Scripted.done])
        #expect(await scripted.run(scripted.action("open")).outcome == .succeeded)
        #expect(scripted.transport.paths == ["/open"])
    }

    @Test("A repeat that is told that it exists already looks again")
    func alreadyThere() async throws {
        let looks = Counter()
        let scripted = try Scripted { request in
            if request.path == "/open" { return .failure(ProviderError(.alreadyExists)) }
            return Scripted.state(looks.next() == 1 ? "notDone" : "done")
        }
        let result = await scripted.run(scripted.action("open", possibleDuplicate: true))
        #expect(result.outcome == .succeeded)
        #expect(result.observed)
        #expect(scripted.transport.paths == ["/observe", "/open", "/observe"])
    }

    @Test("A provider that gives no answer is looked at three times, then it is unsure")
    func noAnswerToLooks() async throws {
        let scripted = try Scripted(["/observe": Scripted.notSent])
        let result = try await scripted.run(
            scripted.action("open", possibleDuplicate: true), lettingTimePassAfter: 1)
        #expect(result.outcome == .unsure)
        #expect(scripted.transport.paths == ["/observe", "/observe", "/observe"])
    }
}
