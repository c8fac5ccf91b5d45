import Logging
import Testing

@testable import ServiceRuntime

@Suite struct TraceContextTests {
    @Test func `A traceparent is read and written as it was`() throws {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let trace = try #require(TraceContext(traceparent: text))
        #expect(trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(trace.spanID == "00f067aa0ba902b7")
        #expect(trace.isSampled)
        #expect(trace.traceparent == text)
    }

    @Test func `The known part of later versions is read`() throws {
        let trace = try #require(
            TraceContext(traceparent: "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02-what-comes"))
        #expect(trace.traceparent == "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")
    }

    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g", "é0-4bf9-00-01",
    ])
    func `What is no traceparent is not read`(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test func `What is made can be read, and a child is of the same trace`() throws {
        for _ in 0..<100 {
            let trace = TraceContext.make()
            #expect(TraceContext(traceparent: trace.traceparent) == trace)
            let child = trace.child()
            #expect(child.traceID == trace.traceID)
            #expect(child.spanID != trace.spanID)
            #expect(TraceContext(traceparent: child.traceparent) == child)
        }
    }

    @Test func `A task knows its trace, and its log shows it`() async {
        let trace = TraceContext.make()
        #expect(TraceContext.current == nil)
        await trace.run {
            #expect(TraceContext.current == trace)
            #expect(TraceContext.metadataProvider.get() == [LogKey.traceID: "\(trace.traceID)"])
        }
        #expect(TraceContext.metadataProvider.get().isEmpty)
    }
}
