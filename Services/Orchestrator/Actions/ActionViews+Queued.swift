import Models

extension ActionViews {
    /// Why a queued action is not handed over yet.
    func queuedReason(of action: ActionRecord, in transaction: Transaction, now: Timestamp) throws -> String {
        if action.isChanging, let first = try transaction.firstInLine(of: action.productID),
            first.id != action.id
        {
            return
                "It waits for \(first.id) (\(first.function)) on the same product, which is \(first.machine.state.rawValue)."
        }
        let circuit = try transaction.circuit(of: action.configurationID)
        let because = circuit.reason.map { " (\($0))" } ?? ""
        switch circuit.state {
        case .open(let until) where until > now:
            return
                "Its configuration has not worked lately\(because), so nothing is handed over; one action is tried at \(until)."
        case .probing(let number) where number != action.number:
            return
                "Its configuration has not worked lately\(because), so nothing is handed over; one action is trying it now."
        case .closed, .open, .probing:
            break
        }
        guard action.turn != nil,
            let configuration = try transaction.configuration(action.configurationID)
        else { return "It is about to be handed to the \(action.category) adapter." }
        return
            "It waits for its turn: as many actions of its configuration as it allows (\(catalogue.concurrency(of: configuration))) are under way."
    }

    /// What is to be added of an action that is tried later: whether its configuration's circuit is open.
    func circuitNote(of action: ActionRecord, in transaction: Transaction) throws -> String {
        let circuit = try transaction.circuit(of: action.configurationID)
        guard circuit.state != .closed else { return "" }
        return " Its configuration has not worked lately, so it may have to wait until one action has worked."
    }

    /// When an action goes on by itself at the latest.
    func waitingUntil(_ action: ActionRecord, in transaction: Transaction) throws -> Timestamp? {
        guard action.machine.state == .queued, action.turn != nil else { return action.machine.wakeAt }
        return try transaction.circuit(of: action.configurationID).until
    }
}
