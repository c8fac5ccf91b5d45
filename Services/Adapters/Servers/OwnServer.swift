import AdapterKit
import Models

/// Finds the server that an action made where the third party takes no mark: among those that have the name
/// wanted, by when they were made.
enum OwnServer {
    /// - Parameters:
    ///   - named: all servers that have the name wanted.
    ///   - action: asked for the server.
    ///   - createdAt: when a server was made, by the third party's clock; nil where that is not known.
    /// - Returns: `notDone` where all are older than the action; `done` where exactly one is not older;
    ///   `unknown` where several are possible, or where one is older by so little that it may be the clocks.
    static func among<Server: Sendable>(
        _ named: [Server], for action: ActionID?, createdAt: (Server) -> Timestamp?
    ) -> Observation<Server> {
        guard let askedAt = action?.madeAt else { return named.isEmpty ? .notDone : .unknown }
        let possible = named.filter { server in
            createdAt(server).map { $0.advanced(by: ProviderContext.clockTolerance) > askedAt } ?? true
        }
        guard let server = possible.first else { return .notDone }
        // Third parties tell whole seconds.
        guard possible.count == 1, let time = createdAt(server), time.advanced(by: .seconds(1)) > askedAt
        else {
            return .unknown
        }
        return .done(server)
    }
}
