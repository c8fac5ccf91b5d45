import Models

/// Why a queued action is not handed over though it is first in its product's line.
enum Hold: Sendable, Equatable {
    /// The circuit of its configuration is not closed.
    case circuit
    /// As many actions of its configuration as that allows are under way, or others were there before it.
    case busy

    /// What holds an action back; nil where nothing does.
    ///
    /// - Parameters:
    ///   - load: of its configuration.
    ///   - limit: how many actions of that may be under way at once.
    ///   - isNext: whether it is the next of those that wait there.
    ///   - byPerson: whether a person asks for a retry, which then is the probe of a circuit that is open.
    init?(
        _ load: ConfigurationLoad, circuit: Circuit, limit: Int, isNext: Bool, byPerson: Bool, now: Timestamp
    ) {
        guard circuit.admits(byPerson: byPerson, now: now) else {
            self = .circuit
            return
        }
        if case .open = circuit.state, byPerson { return nil }
        guard load.underWay < limit, isNext || !load.isAwaited else {
            self = .busy
            return
        }
        return nil
    }
}

/// How busy a configuration is.
package struct ConfigurationLoad: Sendable, Equatable {
    /// How many of its actions are dispatched.
    package var underWay: Int
    /// Whether any of its actions waits for its turn.
    package var isAwaited: Bool
}
