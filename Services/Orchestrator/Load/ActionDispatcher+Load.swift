import Models

/// Which actions are handed over when: within what their configurations allow, fairly between clients.
extension ActionDispatcher {
    /// Hands a queued action over where its configuration has room for it; otherwise it gets a turn, and `fill` hands it
    /// over later. The caller stores the action; it must have its number.
    ///
    /// - Parameter byPerson: whether a person asks for a retry.
    func offer(
        _ action: inout ActionRecord, in transaction: Transaction, changes: inout ActionChanges,
        byPerson: Bool = false, now: Timestamp
    ) throws {
        if try hold(&action, in: transaction, byPerson: byPerson, now: now) == nil {
            try dispatch(&action, in: transaction, changes: &changes, now: now)
        } else {
            try giveTurn(to: &action, in: transaction)
        }
    }

    /// Why a queued action that is first in its product's line is not handed over now; nil where it is. It belongs to
    /// its product's configuration of today.
    func hold(
        _ action: inout ActionRecord, in transaction: Transaction, byPerson: Bool = false, now: Timestamp
    ) throws -> Hold? {
        guard let product = try transaction.product(action.productID) else { return nil }
        action.configurationID = product.configurationID
        return try hold(
            of: action.configurationID, in: transaction, isNext: false, byPerson: byPerson, now: now)
    }

    func giveTurn(to action: inout ActionRecord, in transaction: Transaction) throws {
        action.turn = Turn.next(
            lowest: try transaction.lowestTurn(of: action.configurationID),
            own: try transaction.highestTurn(of: action.configurationID, client: action.clientID))
    }

    /// Hands over those that wait for their turn with a configuration, for as long as it has room: whenever one of its
    /// actions has ended, or its circuit has moved.
    func fill(
        _ configuration: ConfigurationID, in transaction: Transaction, changes: inout ActionChanges,
        now: Timestamp
    ) throws {
        while var action = try transaction.firstTurn(of: configuration),
            try hold(of: configuration, in: transaction, isNext: true, byPerson: false, now: now) == nil
        {
            try dispatch(&action, in: transaction, changes: &changes, now: now)
            try transaction.update(action)
            if action.machine.state.isTerminal, action.isChanging {
                try advance(action.productID, in: transaction, changes: &changes, now: now)
            }
        }
    }

    /// Lets actions of a product that wait for their turn wait with its new configuration.
    func move(
        _ product: ContractProductID, in transaction: Transaction, changes: inout ActionChanges,
        now: Timestamp
    ) throws {
        for var action in try transaction.actionsWithTurn(of: product) {
            action.turn = nil
            // Not while it is among those that wait there: it would wait behind itself.
            try transaction.update(action)
            try offer(&action, in: transaction, changes: &changes, now: now)
            try transaction.update(action)
            if action.machine.state.isTerminal, action.isChanging {
                try advance(action.productID, in: transaction, changes: &changes, now: now)
            }
        }
    }

    /// Applies an event to a configuration's circuit.
    func note(
        _ event: Circuit.Event, of id: ConfigurationID, in transaction: Transaction,
        changes: inout ActionChanges
    ) throws {
        let before = try transaction.circuit(of: id)
        var circuit = before
        circuit.handle(event)
        guard circuit != before else { return }
        try transaction.store(circuit, of: id)
        if circuit.openings != before.openings, let configuration = try transaction.configuration(id) {
            changes.circuits.append(CircuitChange(configuration: configuration, circuit: circuit))
        }
    }

    private func hold(
        of id: ConfigurationID, in transaction: Transaction, isNext: Bool, byPerson: Bool, now: Timestamp
    ) throws -> Hold? {
        guard let configuration = try transaction.configuration(id) else { return nil }
        let load = try transaction.load(of: id)
        return Hold(
            load, circuit: try transaction.circuit(of: id), limit: catalogue.concurrency(of: configuration),
            isNext: isNext, byPerson: byPerson, now: now)
    }
}

extension ActionService {
    /// Closes a configuration's circuit, and hands over what waited for that, or for a higher limit.
    ///
    /// - Returns: what is to be told of it once it is durable.
    func resume(
        _ configuration: ConfigurationID, in transaction: Transaction, now: Timestamp
    ) throws -> ActionNews {
        var changes = ActionChanges()
        try dispatcher.note(.reset, of: configuration, in: transaction, changes: &changes)
        try dispatcher.fill(configuration, in: transaction, changes: &changes, now: now)
        return try news(of: changes, in: transaction, now: now)
    }
}

extension Catalogue {
    /// How many actions are under way at once with a configuration whose provider is not known: 8.
    private static let fallbackConcurrency = 8

    /// How many actions may be under way at once with a configuration: what it says itself, or else its provider's
    /// contract.
    package func concurrency(of configuration: ConfigurationRecord) -> Int {
        configuration.maxConcurrent ?? provider(configuration.provider, of: configuration.category)?
            .concurrency ?? Self.fallbackConcurrency
    }
}
