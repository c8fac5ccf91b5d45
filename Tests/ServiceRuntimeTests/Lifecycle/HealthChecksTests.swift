import Bus
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite(.timeLimit(.minutes(1)))
struct HealthChecksTests {
    @Test func `A service is ready when nothing is missing`() async throws {
        let checks = HealthChecks()
        #expect(await checks.readiness() == Readiness(missing: []))
        checks.register(HealthCheck("bus") { nil })
        let readiness = await checks.readiness()
        #expect(readiness.ready)
        #expect(String(decoding: try readiness.json(), as: UTF8.self) == #"{"ready":true}"#)
    }

    @Test func `What is missing is told in the order of the checks, with reasons`() async throws {
        let checks = HealthChecks()
        checks.register(HealthCheck("store") { "The disk is full." })
        checks.register(HealthCheck("bus") { nil })
        checks.register(HealthCheck("adapters") { "No adapter is there." })
        let readiness = await checks.readiness()
        #expect(!readiness.ready)
        #expect(
            String(decoding: try readiness.json(), as: UTF8.self)
                == #"{"missing":[{"name":"store","reason":"The disk is full."},"#
                + #"{"name":"adapters","reason":"No adapter is there."}],"ready":false}"#)
    }

    @Test func `A check of the same name is replaced`() async {
        let checks = HealthChecks()
        checks.register(HealthCheck("bus") { "gone" })
        checks.register(HealthCheck("bus") { nil })
        #expect(await checks.readiness().ready)
    }

    @Test func `A check that does not answer is missing after 2 s`() async throws {
        let clock = ManualClock()
        let checks = HealthChecks(clock: clock)
        checks.register(
            HealthCheck("slow") {
                await Pulse().wait(); return nil
            })
        async let readiness = checks.readiness()
        try await eventually("a sleeper") { clock.sleeperCount == 1 }
        clock.advance(by: HealthChecks.limit)
        #expect(await readiness.missing?.map(\.name) == ["slow"])
    }

    @Test func `The bus is missing with its reason`() async {
        #expect(await HealthCheck.bus(ScriptedBus()).probe() == nil)
    }
}
