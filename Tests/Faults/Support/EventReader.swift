import Models
import SystemSupport
import TestSupport

/// Reads the stream of events from its beginning, and reads on wherever it breaks off.
struct EventReader: Sendable {
    let system: PurserSystem
    /// Every event as it came.
    let seen = Recorder<StreamedEvent>()

    /// Reads until the task is cancelled.
    func run() async throws {
        while true {
            do {
                let last = seen.elements.last?.id ?? 0
                var stream = try await system.http.stream(
                    "/v1/events/stream", lastEventID: "\(last)", within: .seconds(86_400))
                while true { seen.record(try await stream.next()) }
            } catch {
                // The gateway is away, or ended the stream.
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Waits until this event was read.
    func reached(_ sequence: Int) async throws {
        try await eventually(within: .seconds(30), every: .milliseconds(50), "event \(sequence)") {
            seen.elements.last.map { $0.id >= sequence } ?? false
        }
    }
}
