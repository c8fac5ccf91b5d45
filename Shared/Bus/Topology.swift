/// Every exchange and queue of Purser. Both forms of the bus build themselves from this file, and the broker's
/// definitions under `compose/` are checked against it.
package struct Topology: Sendable {
    package var exchanges: [Exchange]
    package var queues: [Queue]

    package init(exchanges: [Exchange], queues: [Queue]) {
        self.exchanges = exchanges
        self.queues = queues
    }

    /// The topology for the given categories of adapters.
    package static func purser(categories: [String]) -> Topology {
        Topology(
            exchanges: [.requests, .replies, .actions, .outcomes, .events, .logs, .dead],
            queues: [.orchestratorRequests, .logRequests, .outcomes, .logs, .dead]
                + categories.flatMap { [.adapterRequests(category: $0), .actions(category: $0)] }
        )
    }
}

/// Where publishers send to.
package struct Exchange: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case direct, topic, fanout
    }

    package let name: String
    package let kind: Kind

    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    package static let requests = Exchange(name: "purser.requests", kind: .direct)
    /// Where answers to requests go over a broker: each to the exclusive queue of who asked, whose random name is the routing
    /// key. RabbitMQ's own way, direct reply-to, needs leave to publish to the default exchange, and so to every queue.
    package static let replies = Exchange(name: "purser.replies", kind: .direct)
    package static let actions = Exchange(name: "purser.actions", kind: .direct)
    package static let outcomes = Exchange(name: "purser.outcomes", kind: .direct)
    package static let events = Exchange(name: "purser.events", kind: .topic)
    package static let logs = Exchange(name: "purser.logs", kind: .fanout)
    package static let dead = Exchange(name: "purser.dead", kind: .fanout)
}

/// Where consumers take from.
package struct Queue: Sendable, Hashable {
    package enum Kind: String, Sendable {
        /// Requests with an answer: a classic queue, transient messages, full at 10,000.
        case requests
        /// Durable work: a quorum queue with a delivery limit and dead letters.
        case work
        /// An append-only log with offsets, cut by age and size.
        case stream
        /// What no one could process: a quorum queue without a limit.
        case dead
    }

    /// How often a work message is delivered before it becomes a dead letter.
    package static let deliveryLimit = 20
    /// How many requests may wait in a request queue; more are refused.
    package static let requestLimit = 10_000
    /// How much a stream keeps: 7 days, at most 1 GiB.
    package static let streamMaxAge = "7D"
    package static let streamMaxBytes = 1 << 30

    package let name: String
    package let kind: Kind
    package let exchange: Exchange
    package let routingKey: String

    package init(name: String, kind: Kind, exchange: Exchange, routingKey: String) {
        self.name = name
        self.kind = kind
        self.exchange = exchange
        self.routingKey = routingKey
    }

    package static let orchestratorRequests = Queue(
        name: "purser.requests", kind: .requests, exchange: .requests, routingKey: "orchestrator")
    package static let logRequests = Queue(
        name: "purser.requests.logs", kind: .requests, exchange: .requests, routingKey: "log-collector")
    package static let outcomes = Queue(
        name: "purser.outcomes", kind: .work, exchange: .outcomes, routingKey: "outcome")
    package static let logs = Queue(name: "purser.logs", kind: .stream, exchange: .logs, routingKey: "")
    package static let dead = Queue(name: "purser.dead", kind: .dead, exchange: .dead, routingKey: "")

    package static func adapterRequests(category: String) -> Queue {
        Queue(
            name: "purser.requests.\(category)", kind: .requests, exchange: .requests, routingKey: category)
    }

    package static func actions(category: String) -> Queue {
        Queue(name: "purser.actions.\(category)", kind: .work, exchange: .actions, routingKey: category)
    }

    /// The route that reaches this queue.
    package var route: Route { Route(exchange: exchange, routingKey: routingKey) }
}

/// An exchange and a routing key.
package struct Route: Sendable, Hashable {
    package let exchange: Exchange
    package let routingKey: String

    package init(exchange: Exchange, routingKey: String) {
        self.exchange = exchange
        self.routingKey = routingKey
    }

    /// The route of an event's topic, as in `action.changed`.
    package static func event(_ topic: String) -> Route {
        Route(exchange: .events, routingKey: topic)
    }
}
