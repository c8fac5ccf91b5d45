import Foundation
import SystemSupport
import TestSupport

/// What can happen to Purser's processes, its broker, and what lies between them.
enum Fault: Sendable, CustomStringConvertible {
    /// SIGKILL, and a start afterwards.
    case kill(Part, pause: Duration)
    /// SIGTERM, and a start afterwards.
    case terminate(Part)
    /// SIGSTOP, and SIGCONT afterwards.
    case halt(Part, Duration)
    /// The broker is killed, and started again.
    case killBroker
    case restartBroker
    case network(FaultyProxy.Mode, Duration)
    /// All connections to the broker become half-open.
    case halfOpen

    /// A kind of fault, by which they are counted.
    enum Kind: String, CaseIterable, Sendable {
        case kill, terminate, halt, killBroker, restartBroker, cut, delay, blackHole, halfOpen
    }

    static func random(_ kinds: [Kind], parts: [Part], using generator: inout SeededGenerator) -> Fault {
        let part = parts.randomElement(using: &generator) ?? .gateway
        let time = Duration.milliseconds(Int.random(in: 200...3_000, using: &generator))
        switch kinds.randomElement(using: &generator) ?? .kill {
        case .kill: return .kill(part, pause: time / 3)
        case .terminate: return .terminate(part)
        case .halt: return .halt(part, time)
        case .killBroker: return .killBroker
        case .restartBroker: return .restartBroker
        case .cut: return .network(.cut, time)
        case .delay:
            return .network(.delayed(.milliseconds(Int.random(in: 10...500, using: &generator))), time)
        case .blackHole: return .network(.blackHole, time)
        case .halfOpen: return .halfOpen
        }
    }

    var kind: Kind {
        switch self {
        case .kill: .kill
        case .terminate: .terminate
        case .halt: .halt
        case .killBroker: .killBroker
        case .restartBroker: .restartBroker
        case .network(.cut, _): .cut
        case .network(.delayed, _): .delay
        case .network: .blackHole
        case .halfOpen: .halfOpen
        }
    }

    var description: String {
        switch self {
        case .kill(let part, let pause): "kill \(part), \(pause) later start"
        case .terminate(let part): "terminate \(part) and start"
        case .halt(let part, let time): "halt \(part) for \(time)"
        case .network(let mode, let time): "network \(mode) for \(time)"
        case .killBroker, .restartBroker, .halfOpen: kind.rawValue
        }
    }

    /// Lets it happen, and mends it.
    func happen(to system: PurserSystem, _ broker: TestBroker, _ proxy: FaultyProxy) async throws {
        switch self {
        case .kill(let part, let pause):
            try await system.kill(part)
            try await Task.sleep(for: pause)
            try system.start(part)
        case .terminate(let part):
            // One that is still starting has begun nothing, and does not hear the signal yet: it ends at once.
            let isStarted = try await system.health("/healthz", of: part) != nil
            let (end, _) = try await system.terminate(part, within: .seconds(40))
            guard end == .exited(0) || !isStarted && end == .signalled(SIGTERM) else {
                throw WaitingError(description: "\(part) ended with \(end) when it was asked to end.")
            }
            try system.start(part)
        case .halt(let part, let time):
            try system.process(part).signal(SIGSTOP)
            try await Task.sleep(for: time)
            try system.process(part).signal(SIGCONT)
        case .killBroker:
            try await broker.kill()
            try await broker.start()
        case .restartBroker:
            try await broker.stop()
            try await broker.start()
        case .network(let mode, let time):
            try await proxy.set(mode)
            try await Task.sleep(for: time)
            try await proxy.set(.open)
        case .halfOpen:
            try await proxy.freeze()
        }
    }
}
