import Foundation
import Logging
import Models
import Synchronization
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct WatchedKeysTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let folder: TemporaryFolder
    private let first = MasterKey()
    private let second = MasterKey()

    init() throws {
        folder = try TemporaryFolder()
        try write("\(first.text)\n")
    }

    private var path: String { folder.path + "/master.key" }

    private func write(_ text: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func watched(_ time: ManualTime) throws -> WatchedKeys<MasterKeyRing> {
        try WatchedKeys(path, logger: Self.silent, now: { time.now }) { try MasterKeyRing(text: $0) }
    }

    @Test func `A file's new keys are used a second later without a restart`() throws {
        let time = ManualTime()
        let keys = try watched(time)
        try write("\(second.text)\n\(first.text)\n")
        time.advance(by: .milliseconds(999))
        #expect(keys.look().keys == [first])
        time.advance(by: .milliseconds(1))
        #expect(keys.look().keys == [second, first])
    }

    @Test func `A sealed value that names an unknown key has the file looked at at once`() throws {
        let time = ManualTime()
        let sealer = Sealer(MasterKeys(try watched(time)).derived(for: .gateway))
        #expect(sealer.keyIDs == [first.derived(for: .gateway).id])
        try write("\(first.text)\nnext \(second.text)\n")
        let sealed = try Sealer(second.derived(for: .gateway)).seal("a", context: "c")
        #expect(try sealer.open(sealed, context: "c") == "a")
        #expect(sealer.current.id == first.derived(for: .gateway).id)
    }

    @Test func `A file that is gone or damaged changes nothing, until it is good again`() throws {
        let time = ManualTime()
        let keys = try watched(time)
        for text in ["", "half of a ke", nil] {
            if let text { try write(text) } else { try FileManager.default.removeItem(atPath: path) }
            time.advance(by: .seconds(2))
            #expect(keys.look().keys == [first])
        }
        try write(second.text)
        time.advance(by: .seconds(2))
        #expect(keys.look().keys == [second])
    }

    @Test func `Without a key that is known the start fails`() throws {
        var configuration = RuntimeConfiguration(bus: .broker(Redacted("amqp://x")))
        configuration.masterKeyFile = path + "-none"
        #expect(throws: ConfigurationError.self) { try configuration.loadMasterKeys(logger: Self.silent) }
        configuration.masterKeyFile = path
        #expect(try configuration.loadMasterKeys(logger: Self.silent).ring.keys == [first])
        configuration.masterKeyFile = nil
        #expect(throws: ConfigurationError.self) { try configuration.loadMasterKeys(logger: Self.silent) }
    }

    @Test func `A process that runs everything makes its key at the first start, for its owner alone`() throws
    {
        let configuration = RuntimeConfiguration(dataFolder: folder.path + "/data")
        let made = try configuration.loadMasterKeys(logger: Self.silent).ring.keys
        #expect(try configuration.loadMasterKeys(logger: Self.silent).ring.keys == made)
        let attributes = try FileManager.default.attributesOfItem(atPath: configuration.ownMasterKeyFile)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let hosting = SealingRecipient.category("hosting")
        #expect(
            try configuration.loadSealingKeys(for: hosting, logger: Self.silent).ring.ids
                == made.map { $0.derived(for: hosting).id })
    }
}

/// A time that a test moves.
private final class ManualTime: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
}
