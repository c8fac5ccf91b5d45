import Foundation
import Synchronization

/// Where a connection's frames wait for whoever asked.
///
/// A third party answers one question with one frame; of frames that nobody asked for only `limit` are kept, then the
/// connection is given up.
final class FrameInbox: Sendable {
    /// How many frames may wait: 4.
    static let limit = 4

    private struct State {
        var frames: [Data] = []
        var waiting: CheckedContinuation<Result<Data, FrameFailure>, Never>?
        var failure: FrameFailure?
    }

    private let state = Mutex(State())

    var isOpen: Bool { state.withLock { $0.failure == nil } }

    /// Takes a frame that came in.
    ///
    /// - Returns: false where too many wait already.
    func deliver(_ frame: Data) -> Bool {
        enum Next {
            case resume(CheckedContinuation<Result<Data, FrameFailure>, Never>)
            case kept, full
        }
        let next = state.withLock { state -> Next in
            guard state.failure == nil else { return .kept }
            if let waiting = state.waiting {
                state.waiting = nil
                return .resume(waiting)
            }
            guard state.frames.count < Self.limit else { return .full }
            state.frames.append(frame)
            return .kept
        }
        switch next {
        case .resume(let waiting): waiting.resume(returning: .success(frame))
        case .kept: break
        case .full: return false
        }
        return true
    }

    /// Nothing more will come. The first reason counts; frames that are there already are still given.
    func end(_ failure: FrameFailure) {
        let waiting = state.withLock { state in
            if state.failure == nil { state.failure = failure }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: .failure(failure))
    }

    /// Waits for the next frame, or for the end. Not to be called while another waits.
    func next() async -> Result<Data, FrameFailure> {
        await withCheckedContinuation { continuation in
            let now = state.withLock { state -> Result<Data, FrameFailure>? in
                if !state.frames.isEmpty { return .success(state.frames.removeFirst()) }
                if let failure = state.failure { return .failure(failure) }
                if state.waiting != nil {
                    return .failure(FrameFailure(.lost, "Two questions were asked at once."))
                }
                state.waiting = continuation
                return nil
            }
            if let now { continuation.resume(returning: now) }
        }
    }
}
