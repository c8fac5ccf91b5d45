import Logging
import Models
import ServiceRuntime

/// A circuit that opened, opened again, or closed.
package struct CircuitChange: Sendable {
    let configuration: ConfigurationRecord
    let circuit: Circuit

    /// A person may have to look: a warning when it opens, a notice when it closes.
    func log(to logger: Logger) {
        var metadata: Logger.Metadata = [
            LogKey.configurationID: "\(configuration.id)", LogKey.category: "\(configuration.category)",
            LogKey.provider: "\(configuration.provider)",
        ]
        guard case .open(let until) = circuit.state else {
            logger.notice("Closed circuit", metadata: metadata)
            return
        }
        metadata[LogKey.until] = "\(until)"
        metadata[LogKey.count] = "\(circuit.openings)"
        metadata[LogKey.reason] = circuit.reason.map { "\($0)" }
        logger.warning("Opened circuit", metadata: metadata)
    }
}

extension CircuitState {
    /// The state as the world sees it.
    init(_ state: Circuit.State) {
        switch state {
        case .closed: self = .closed
        case .open: self = .open
        case .probing: self = .probing
        }
    }
}

extension Circuit {
    /// When the next action is let through, while it is open.
    var until: Timestamp? {
        guard case .open(let until) = state else { return nil }
        return until
    }
}
