import Bus
import Logging
import Synchronization

/// A logger that is known only after who uses it.
final class LoggerBox: Sendable {
    private let state = Mutex<Logger?>(nil)

    var logger: Logger? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
