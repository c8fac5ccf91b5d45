import Logging
import Synchronization

/// Where a recipient's keys come from: they are given once, or looked up anew while the process runs.
package protocol SealingKeys: Sendable {
    /// The keys as they are known now.
    var ring: KeyRing { get }
    /// The keys as they are, however short ago they were looked up. For a sealed value that names an unknown one.
    func ringAnew() -> KeyRing
}

extension KeyRing: SealingKeys {
    package var ring: KeyRing { self }
    package func ringAnew() -> KeyRing { self }
}

extension WatchedKeys: SealingKeys where Ring == KeyRing {
    var ring: KeyRing { look() }
    func ringAnew() -> KeyRing { look(atOnce: true) }
}

/// The master keys of a process: given once, or of a file that is looked at anew.
package final class MasterKeys: Sendable {
    private let look: @Sendable (_ atOnce: Bool) -> MasterKeyRing

    package init(_ ring: MasterKeyRing) {
        look = { _ in ring }
    }

    init(_ file: WatchedKeys<MasterKeyRing>) {
        look = { file.look(atOnce: $0) }
    }

    package var ring: MasterKeyRing { look(false) }

    /// The keys as they are, however short ago they were looked up.
    package func ringAnew() -> MasterKeyRing { look(true) }

    /// The keys of a recipient, which follow the master keys.
    package func derived(for recipient: SealingRecipient) -> any SealingKeys {
        DerivedKeys(look: look) { $0.derived(for: recipient) }
    }
}

/// Keys derived from others, anew whenever these have changed.
final class DerivedKeys<Source: AnyObject & Sendable>: SealingKeys {
    private let look: @Sendable (_ atOnce: Bool) -> Source
    private let derive: @Sendable (Source) -> KeyRing
    private let derived: Mutex<(from: Source, ring: KeyRing)>

    /// - Parameters:
    ///   - look: the keys that these are derived from, as they are known or, at once, as they are.
    ///   - derive: what is derived from them.
    init(
        look: @escaping @Sendable (_ atOnce: Bool) -> Source,
        derive: @escaping @Sendable (Source) -> KeyRing
    ) {
        self.look = look
        self.derive = derive
        let source = look(false)
        derived = Mutex((source, derive(source)))
    }

    var ring: KeyRing { ring(of: look(false)) }

    func ringAnew() -> KeyRing { ring(of: look(true)) }

    private func ring(of source: Source) -> KeyRing {
        derived.withLock { derived in
            if derived.from !== source { derived = (source, derive(source)) }
            return derived.ring
        }
    }
}
