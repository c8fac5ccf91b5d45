package import Models

/// What a transaction changed, for whoever is to be told once it is durable.
package struct ActionChanges: Sendable {
    /// Actions in their new state, in order.
    package var actions: [ActionRecord] = []
    /// Those of them that were accepted.
    package var accepted: Set<ActionID> = []
    /// Products in their new state, in order.
    package var products: [ProductRecord] = []
    /// Circuits that opened or closed, in order.
    package var circuits: [CircuitChange] = []
    /// Whether something was written to the outbox.
    package var hasOutgoing = false

    package init() {}
}

/// What is published of a transaction's changes.
package struct ActionNews: Sendable {
    package var actions: [ActionChanged] = []
    package var accepted: Set<ActionID> = []
    package var products: [ProductChanged] = []
    package var traceparents: [String?] = []
    package var circuits: [CircuitChange] = []
    package var hasOutgoing = false
    /// Whether webhooks are to be told something.
    package var hasDeliveries = false
    /// The earliest moment at which one of the actions goes on by itself.
    package var nextWake: Timestamp?
}
