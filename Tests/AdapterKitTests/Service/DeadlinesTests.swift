import AdapterKit
import AdapterTestSupport
import TestSupport
import Testing

@Suite("Deadlines")
struct DeadlinesTests {
    @Test("What ends in time is not cancelled")
    func inTime() async {
        let (value, ranOut) = await Deadlines(clock: ManualAdapterClock()).limit(.seconds(1)) {
            Task.isCancelled ? 0 : 1
        }
        #expect(value == 1)
        #expect(!ranOut)
    }

    @Test("What does not end in time is cancelled, and its own answer is kept")
    func ranOut() async throws {
        let clock = ManualAdapterClock()
        let deadlines = Deadlines(clock: clock)
        let begun = Recorder<Void>()
        let answers = Recorder<(value: Int?, ranOut: Bool)>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await deadlines.run() }
            group.addTask {
                answers.record(
                    await deadlines.limit(.seconds(5)) {
                        begun.record(())
                        await Hang.untilCancelled()
                        return 7
                    })
            }
            try await begun.wait(for: 1)
            try await eventually("the end") {
                clock.advance(by: Deadlines.tick)
                return answers.count > 0
            }
            group.cancelAll()
        }
        #expect(answers.elements.first?.value == 7)
        #expect(answers.elements.first?.ranOut == true)
        #expect(clock.uptime >= .seconds(5))
    }

    @Test("When nobody looks any more, every deadline is due")
    func ended() async {
        let deadlines = Deadlines(clock: ManualAdapterClock())
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await deadlines.run() }
            group.addTask { await deadlines.wait(.seconds(3600)) }
            group.cancelAll()
        }
        await deadlines.wait(.seconds(3600))
    }
}
