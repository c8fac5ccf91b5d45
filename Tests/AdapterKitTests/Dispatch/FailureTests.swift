import AdapterKit
import AdapterTestSupport
import Models
import Testing

@Suite("Attempts that fail")
struct FailureTests {
    @Test("A connection lost after sending is looked into", arguments: ["open", "close"])
    func lostConnection(function: String) async throws {
        let scripted = try Scripted(["/\(function)": Scripted.lost, "/observe": Scripted.state("done")])
        let result = await scripted.run(scripted.action(function))
        #expect(result.outcome == .succeeded)
        #expect(result.observed)
    }

    @Test("What was lost and not done has failed, and may be tried again")
    func lostAndNotDone() async throws {
        let scripted = try Scripted(["/open": Scripted.lost, "/observe": Scripted.state("notDone")])
        let result = await scripted.run(scripted.action("open"))
        #expect(result.outcome == .failed)
        #expect(result.error?.kind == .providerUnavailable)
        #expect(scripted.transport.paths == ["/open", "/observe"])
    }

    @Test("What was lost and cannot be told is unsure", arguments: ["open", "openBlind"])
    func lostAndUnknown(function: String) async throws {
        let scripted = try Scripted(["/open": Scripted.lost, "/observe": Scripted.state("unknown")])
        let result = await scripted.run(scripted.action(function))
        #expect(result.outcome == .unsure)
    }

    @Test("What was never sent has failed, without a look")
    func neverSent() async throws {
        let scripted = try Scripted(["/open": Scripted.notSent])
        let result = await scripted.run(scripted.action("open"))
        #expect(result.outcome == .failed)
        #expect(scripted.transport.paths == ["/open"])
    }

    @Test("A refusal is final")
    func refusal() async throws {
        let scripted = try Scripted(["/open": .success(HTTPResponse(status: 422))])
        let result = await scripted.run(scripted.action("open"))
        #expect(result.outcome == .failed)
        #expect(result.error?.kind == .rejected)
        #expect(scripted.transport.paths == ["/open"])
    }

    @Test("An error after the changing call had gone through is looked into")
    func errorAfterChange() async throws {
        let scripted = try Scripted([
            "/open": Scripted.done, "/read": .success(HTTPResponse(status: 500)),
            "/observe": Scripted.state("done"),
        ])
        let result = await scripted.run(scripted.action("openInSteps"))
        #expect(result.outcome == .succeeded)
        #expect(result.observed)
        #expect(scripted.transport.paths == ["/open", "/read", "/observe"])
    }

    @Test("Other functions that were lost have failed; the orchestrator tries them again")
    func lostButHarmless() async throws {
        let scripted = try Scripted(["/change": Scripted.lost])
        let result = await scripted.run(scripted.action("change"))
        #expect(result.outcome == .failed)
        #expect(result.error?.kind == .providerUnavailable)
    }

    @Test("A call over its limit is cancelled and looked into", arguments: ["done", "notDone", "unknown"])
    func timeout(state: String) async throws {
        let scripted = try Scripted { request in
            if request.path == "/observe" { return Scripted.state(state) }
            await Hang.untilCancelled()
            return .failure(ProviderError(.providerUnavailable, mayHaveTakenEffect: true))
        }
        let result = try await scripted.run(
            scripted.action("open", timeoutSeconds: 5), lettingTimePassAfter: 1)
        switch state {
        case "done": #expect(result.outcome == .succeeded && result.observed)
        case "notDone": #expect(result.outcome == .failed && result.error?.kind == .timedOut)
        default: #expect(result.outcome == .unsure)
        }
        #expect(scripted.transport.paths == ["/open", "/observe"])
        #expect(result.begunAt.duration(to: result.endedAt) >= .seconds(5))
    }

    @Test("A harmless call over its limit has timed out", arguments: ["read", "change"])
    func harmlessTimeout(function: String) async throws {
        let scripted = try Scripted { _ in
            await Hang.untilCancelled()
            return .failure(ProviderError(.providerUnavailable))
        }
        let result = try await scripted.run(
            scripted.action(function, timeoutSeconds: 5), lettingTimePassAfter: 1)
        #expect(result.outcome == .failed)
        #expect(result.error?.kind == .timedOut)
    }

    @Test("The provider's wish to be asked later is handed on")
    func retryAfter() async throws {
        let scripted = try Scripted([
            "/change": .success(HTTPResponse(status: 429, headers: [.init("Retry-After", "17")]))
        ])
        let result = await scripted.run(scripted.action("change"))
        #expect(result.error?.kind == .rateLimited)
        #expect(result.retryAfterSeconds == 17)
    }
}
