import Foundation
import Logging
import Synchronization

/// Keys of a file that is looked at anew while the process runs, so that they can be changed without a restart: at most
/// once a second where they are used, and at once where a sealed value names a key that is not known.
///
/// A file that cannot be read or has no keys changes nothing: the keys known before are kept, and a warning is logged.
final class WatchedKeys<Ring: Sendable>: Sendable {
    /// How old what is known may be: 1 s.
    static var interval: Duration { .seconds(1) }

    private struct State {
        var text: String
        var ring: Ring
        var lookedAt: ContinuousClock.Instant
        var problem: String?
    }

    private let path: String
    private let read: @Sendable (String) throws -> Ring
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// - Parameters:
    ///   - path: the file.
    ///   - read: makes keys of its text.
    /// - Throws: where the file cannot be read, or what `read` throws.
    init(
        _ path: String, logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        read: @escaping @Sendable (String) throws -> Ring
    ) throws {
        self.path = path
        self.read = read
        self.logger = logger
        self.now = now
        let text = try String(contentsOfFile: path, encoding: .utf8)
        state = Mutex(State(text: text, ring: try read(text), lookedAt: now()))
    }

    /// The keys.
    ///
    /// - Parameter atOnce: whether the file is looked at however short ago that was done.
    func look(atOnce: Bool = false) -> Ring {
        let now = now()
        return state.withLock { state in
            if atOnce || state.lookedAt.advanced(by: Self.interval) <= now {
                state.lookedAt = now
                refresh(&state)
            }
            return state.ring
        }
    }

    private func refresh(_ state: inout State) {
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            guard text != state.text || state.problem != nil else { return }
            if text != state.text { state.ring = try read(text) }
            state.text = text
            state.problem = nil
            logger.notice("Read keys anew", metadata: [LogKey.path: "\(path)"])
        } catch {
            let problem = (error as? SealingError)?.message ?? "it cannot be read"
            guard problem != state.problem else { return }
            state.problem = problem
            logger.warning(
                "Kept the keys, because their file cannot be used",
                metadata: [LogKey.path: "\(path)", LogKey.error: "\(problem)"])
        }
    }
}
