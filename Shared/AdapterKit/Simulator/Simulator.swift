import Foundation
import Models
import Synchronization

/// The third parties that the demo providers stand for. They behave like real ones: they remember, they can
/// be slow or away, and what they did shows in a ledger, `ledger.sqlite`, table `effects(action_id, attempt,
/// category, function, subject, started_at, ended_at)`, one row an effect, times in milliseconds since 1970.
package final class Simulator: Sendable {
    private let path: String
    private let opened = Mutex<SimulatorStore?>(nil)

    /// - Parameter folder: where the ledger is kept, as in `$PURSER_DATA/demo`. It is made at the first use.
    package init(folder: String) {
        path = folder + "/ledger.sqlite"
    }

    func store() throws(ProviderError) -> SimulatorStore {
        do {
            return try opened.withLock { opened in
                if let opened { return opened }
                let store = try SimulatorStore(path: path)
                opened = store
                return store
            }
        } catch {
            throw ProviderError(
                .providerUnavailable,
                details: ["problem": .string("The simulator's file could not be opened: \(error)")])
        }
    }
}
