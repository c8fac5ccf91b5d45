import Metrics
import Models
import ServiceRuntime

/// Refuses new actions while too many wait, before anything is stored: what was accepted keeps its pace.
///
/// Counted are actions that are queued, dispatched or waiting for their next try. What is scheduled, deferred or unsure
/// waits for time, for a provider or for a person, and is no load.
package struct Admission: Sendable {
    /// How many actions of all clients may wait: 100,000, about a minute's work.
    package static let defaultLimit = 100_000
    /// How many of one client: 20,000.
    package static let defaultClientLimit = 20_000

    let limit: Int
    let clientLimit: Int

    package init(limit: Int = defaultLimit, clientLimit: Int = defaultClientLimit) {
        self.limit = limit
        self.clientLimit = clientLimit
    }

    /// Why no action of this client is accepted now; nil where it is.
    func refusal(of client: ClientID, in transaction: Transaction) throws -> RequestFailure? {
        let backlog = try transaction.backlog(of: client)
        if backlog.own >= clientLimit {
            return Self.refusal("\(clientLimit) actions of this client", scope: "client")
        }
        return backlog.all >= limit ? Self.refusal("\(limit) actions", scope: "all") : nil
    }

    private static func refusal(_ many: String, scope: String) -> RequestFailure {
        Counter(.actionsRefused, [("scope", scope)]).increment()
        return RequestFailure(.tooMany, "\(many) are waiting or under way already. Try again shortly.")
    }
}
