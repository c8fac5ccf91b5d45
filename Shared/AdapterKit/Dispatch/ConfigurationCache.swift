import Models
import ServiceRuntime
import Synchronization

/// Opened and decoded configurations, so that it is done once a version instead of once an action.
final class ConfigurationCache: Sendable {
    /// How many are kept; when there are more, all are forgotten.
    static let limit = 4_096

    struct Entry: Sendable {
        let version: Int
        let provider: any ConfiguredProvider
        let secrets: [String]
    }

    private struct Key: Hashable {
        let provider: String
        let id: ConfigurationID
    }

    private let entries = Mutex<[Key: Entry]>([:])
    private let sealer: Sealer

    init(sealer: Sealer) {
        self.sealer = sealer
    }

    /// The configuration, ready for use.
    ///
    /// - Throws: `providerUnavailable` where it was sealed with a key that is not known yet, `internal` where it does not
    ///   open otherwise or has another shape than its contract: it was checked when it was stored, so staff have to look.
    func entry(
        for configuration: AttemptConfiguration, of provider: RegisteredProvider
    ) throws(ProviderError) -> Entry {
        let key = Key(provider: provider.descriptor.provider, id: configuration.id)
        let kept = entries.withLock { $0[key] }
        if let kept, kept.version == configuration.version { return kept }
        let entry = try open(configuration, of: provider)
        entries.withLock { entries in
            if let other = entries[key], other.version > entry.version { return }
            if entries.count >= Self.limit { entries = [:] }
            entries[key] = entry
        }
        return entry
    }

    /// Opens a configuration without keeping it.
    func open(
        _ configuration: AttemptConfiguration, of provider: RegisteredProvider
    ) throws(ProviderError) -> Entry {
        let fields = provider.descriptor.configuration
        do {
            let settings = try sealer.open(
                secretsOf: configuration.settings, fields: fields, context: "\(configuration.id)/settings")
            var found: [String] = []
            _ = fields.mapSecrets(in: settings) { value, _ in
                found += value.texts
                return value
            }
            return Entry(
                version: configuration.version, provider: try provider.configure(settings), secrets: found)
        } catch let error as SealingError {
            throw ProviderError(unopened: "The settings do not open", because: error)
        } catch {
            throw ProviderError(
                .internal,
                details: ["problem": .string("The settings do not fit: \(JSONValueDecoder.reason(error)).")])
        }
    }
}
