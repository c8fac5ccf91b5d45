import AdapterKit
import Foundation
import Synchronization

/// A connection on which each frame gets an answer that is made for it; it closes where there is none.
final class AnsweringFrameConnection: FrameConnection {
    let host: String
    private let answer: @Sendable (Data) -> Data?
    private let state: Mutex<(answers: [Data?], isOpen: Bool)>

    init(host: String, greeting: Data, answer: @escaping @Sendable (Data) -> Data?) {
        self.host = host
        self.answer = answer
        state = Mutex(([greeting], true))
    }

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func send(_ frame: Data) async throws(FrameFailure) {
        guard isOpen else { throw .closed }
        let answer = answer(frame)
        state.withLock { $0.answers.append(answer) }
    }

    func receive() async throws(FrameFailure) -> Data {
        let next = state.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() }
        guard let next else {
            close()
            throw .closed
        }
        return next
    }

    func close() { state.withLock { $0.isOpen = false } }
}
