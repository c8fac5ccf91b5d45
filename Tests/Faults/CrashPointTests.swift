import Foundation
import Models
import ServiceRuntime
import SystemSupport
import TestSupport
import Testing

/// Every function that must not be done twice, crashed at every place where that could happen.
@Suite("A crash at any point")
struct CrashPointTests {
    @Test("Every function that must not be done twice is done once", arguments: CrashPoint.allCases)
    func overRabbitMQ(_ point: CrashPoint) async throws {
        try await withSystem(.rabbitMQ, services: Part.allServices) { system in
            try await Self.crash(system, at: point, parts: point.parts)
        }
    }

    @Test("Also where all is one process", arguments: CrashPoint.allCases)
    func embedded(_ point: CrashPoint) async throws {
        try await withSystem(.embedded) { system in
            try await Self.crash(system, at: point, parts: [.everything])
        }
    }

    private static func crash(_ system: PurserSystem, at point: CrashPoint, parts: [Part]) async throws {
        let cases = try await OnceOnly.prepareAll(on: system)
        #expect(Set(cases.map(\.category)) == Set(Blueprints.all.map(\.category)))
        var accepted = try Records(system).actions.map(\.id)
        for part in parts { try await system.kill(part) }
        let armed = [CrashPoint.variable: point.rawValue]
        try system.start(parts, with: armed)
        let begun = ContinuousClock.now
        let done = try await system.reviving(with: armed) {
            try await system.ready()
            return try await run(cases, in: point.lanes(in: system.form), on: system)
        }
        print("\(point.rawValue) (\(system.form)): \(cases.count) functions in \(begun.duration(to: .now))")
        for (one, action) in done {
            let id = try #require(action["id"]?.stringValue)
            accepted.append(id)
            #expect(action.state == "succeeded", "\(one): \(action)")
            let effects = try system.ledger.effects(of: id)
            #expect(effects.map(\.function) == [one.function.name], "\(one): \(effects)")
            #expect(try system.crashes(at: point).contains(id), "\(one) was never there")
        }
        let agreement = try Agreement(of: system, accepted: accepted)
        #expect(agreement.violations == [])
    }

    /// Runs all, those of a lane one after the other, and waits for their ends.
    private static func run(
        _ cases: [OnceOnly], in lanes: Lanes, on system: PurserSystem
    ) async throws -> [(OnceOnly, JSONValue)] {
        try await withThrowingTaskGroup(of: [(OnceOnly, JSONValue)].self) { group in
            for lane in lanes.sort(cases) {
                group.addTask {
                    var done: [(OnceOnly, JSONValue)] = []
                    for one in lane {
                        let id = try await system.submitUntilAccepted(
                            one.function.name, one.parameters, on: one.product, within: .seconds(90))
                        done.append((one, try await system.ended(id, within: .seconds(240))))
                    }
                    return done
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}

/// Which actions run beside each other. Where one crash is a crash of others too, they must not where these then do not come
/// to the point by themselves, or where so many crashes are more than a process may hand an action back for.
private enum Lanes {
    case one
    /// One for each process of an adapter.
    case category
    /// Eight.
    case many

    func sort(_ cases: [OnceOnly]) -> some Collection<[OnceOnly]> {
        let numbered = Dictionary(grouping: cases.enumerated()) { number, one in
            switch self {
            case .one: ""
            case .category: one.category
            case .many: "\(number % 8)"
            }
        }
        return numbered.values.map { $0.map(\.element) }
    }
}

extension CrashPoint {
    /// The processes that have this point.
    fileprivate var parts: [Part] {
        switch self {
        case .beforeCall, .afterCall, .beforePublish, .beforeAcknowledgement: Part.adapters
        case .beforeRelay, .afterRelay, .beforeCommit, .afterCommit: [.orchestrator]
        case .beforeAnswer: [.gateway]
        }
    }

    fileprivate func lanes(in form: PurserSystem.Form) -> Lanes {
        switch self {
        // What is told already does not come to its acknowledgement where another's crash was before.
        case .afterCall, .beforeAcknowledgement: form == .embedded ? .one : .category
        // What was begun and not told is handed back at each crash.
        case .beforeCall, .beforePublish: form == .embedded ? .one : .many
        case .afterCommit: .one
        default: .many
        }
    }
}

extension PurserSystem {
    /// The actions that have crashed a process at this point.
    fileprivate func crashes(at point: CrashPoint) throws -> Set<String> {
        let folder = dataFolder.appending(path: "\(CrashPoint.folder)/\(point.rawValue)")
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    }
}
