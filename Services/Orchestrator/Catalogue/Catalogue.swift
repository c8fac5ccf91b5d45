package import Models
import Synchronization

/// What can be run: the blueprints, and the providers that adapters announced. Adapter instances that were heard of in
/// the last 30 s count as online.
package final class Catalogue: Sendable {
    /// An instance that was not heard of for so long counts as gone; they announce themselves every 10 s.
    package static let onlineFor: Duration = .seconds(30)

    private struct State {
        var providers: [String: ProviderDescriptor] = [:]
        var adapters: [String: AdapterStatus] = [:]
    }

    private let blueprints: [String: BlueprintDefinition]
    private let functions: [String: FunctionDefinition]
    private let state = Mutex(State())

    package init(blueprints: [BlueprintDefinition]) {
        self.blueprints = Dictionary(blueprints.map { ($0.category, $0) }) { _, last in last }
        functions = Dictionary(
            blueprints.flatMap { blueprint in
                blueprint.functions.map { ("\(blueprint.category)/\($0.name)", $0) }
            }
        ) { _, last in last }
    }

    package var categories: [String] { blueprints.keys.sorted() }

    package func function(_ name: String, of category: String) -> FunctionDefinition? {
        functions["\(category)/\(name)"]
    }

    /// What a notice of that type means in a category; nil where it means nothing to products.
    package func notice(_ type: String, of category: String) -> NoticeDefinition? {
        blueprints[category]?.notices.first { $0.type == type }
    }

    /// What a business event of that type sets off in a category.
    package func businessEvent(_ type: BusinessEventType, of category: String) -> BusinessEventDefinition? {
        blueprints[category]?.businessEvents.first { $0.type == type.rawValue }
    }

    /// The functions that are run by themselves, with their categories.
    package var regularFunctions: [(category: String, function: FunctionDefinition)] {
        blueprints.values.sorted { $0.category < $1.category }.flatMap { blueprint in
            blueprint.functions.filter { $0.everySeconds != nil }.map { (blueprint.category, $0) }
        }
    }

    package func blueprint(_ category: String) -> BlueprintDefinition? { blueprints[category] }

    package func provider(_ provider: String, of category: String) -> ProviderDescriptor? {
        state.withLock { $0.providers["\(category)/\(provider)"] }
    }

    package func providers(of category: String?) -> [ProviderDescriptor] {
        state.withLock { state in
            state.providers.values.filter { category == nil || $0.category == category }
        }.sorted { ($0.category, $0.provider) < ($1.category, $1.provider) }
    }

    package func load(_ descriptors: [ProviderDescriptor]) {
        state.withLock { state in
            for descriptor in descriptors {
                state.providers["\(descriptor.category)/\(descriptor.provider)"] = descriptor
            }
        }
    }

    /// Notes an announcement.
    ///
    /// - Returns: the instance's status where it came or went, and whether a descriptor is new or changed.
    package func note(_ announcement: AdapterAnnounced, now: Timestamp) -> (
        changed: AdapterStatus?, isNews: Bool
    ) {
        let status = AdapterStatus(
            instance: announcement.instance, category: announcement.category, online: !announcement.leaving,
            lastSeenAt: now, keys: announcement.keys)
        return state.withLock { state in
            let before = state.adapters.updateValue(status, forKey: status.instance)
            var isNews = false
            for descriptor in announcement.providers {
                let key = "\(descriptor.category)/\(descriptor.provider)"
                isNews = state.providers.updateValue(descriptor, forKey: key) != descriptor || isNews
            }
            let wasOnline = before.map { Self.isOnline($0, now: now) } ?? false
            return (wasOnline == status.online ? nil : status, isNews)
        }
    }

    /// Instances that were not heard of in time since they were last called online; each is told once.
    package func expire(now: Timestamp) -> [AdapterStatus] {
        state.withLock { state in
            var gone: [AdapterStatus] = []
            for (instance, status) in state.adapters where status.online && !Self.isOnline(status, now: now) {
                var status = status
                status.online = false
                state.adapters[instance] = status
                gone.append(status)
            }
            return gone
        }
    }

    package func adapters(now: Timestamp) -> [AdapterStatus] {
        state.withLock { state in
            state.adapters.values.map { status in
                var status = status
                status.online = Self.isOnline(status, now: now)
                return status
            }
        }.sorted { ($0.category, $0.instance) < ($1.category, $1.instance) }
    }

    package func isServed(_ category: String, now: Timestamp) -> Bool {
        state.withLock {
            $0.adapters.values.contains { $0.category == category && Self.isOnline($0, now: now) }
        }
    }

    /// The clock was set: what was heard of so long ago still was.
    package func moveTimes(by step: Duration) {
        state.withLock { state in
            state.adapters = state.adapters.mapValues { status in
                var status = status
                status.lastSeenAt = status.lastSeenAt.advanced(by: step)
                return status
            }
        }
    }

    private static func isOnline(_ status: AdapterStatus, now: Timestamp) -> Bool {
        status.online && status.lastSeenAt.duration(to: now) < onlineFor
    }
}
