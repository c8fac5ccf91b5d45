import Models

/// What is to be run on a product, whoever wants it: a caller, an event, a notice.
struct ActionOrder: Sendable {
    var id: ActionID
    var function: FunctionDefinition
    /// Parameters that were given; their secrets sealed for storage under `<id>/parameters`.
    var given: [String: JSONValue]
    /// Not before; at once where nil or in the past.
    var runAt: Timestamp?
    /// What becomes of what the result says otherwise of the product; nil where it is no check.
    var check: CheckMode?
    var requestedBy: String
    /// The type of the business event that sets it off.
    var eventType: String?
    var traceparent: String?
}

extension ActionService {
    /// Why a function cannot be run on a product now, whatever its parameters; nil where it can.
    ///
    /// - Returns: `tooMany` where too many actions wait already, `conflict` by the product's status, `unavailable` where
    ///   its provider is not known yet, `invalid` where that does not support the function.
    func refusal(
        of function: FunctionDefinition, on product: ProductRecord, in transaction: Transaction
    ) throws -> RequestFailure? {
        if let refusal = try admission.refusal(of: product.clientID, in: transaction) { return refusal }
        if let refusal = ProductGuard.refusal(of: function, on: product.status) { return refusal }
        guard let configuration = try transaction.configuration(product.configurationID),
            let provider = catalogue.provider(configuration.provider, of: product.category)
        else {
            return RequestFailure(
                .unavailable,
                "No \(product.category) adapter has announced the product's provider yet. Try again shortly.")
        }
        guard provider.supports(function.name) else {
            let problem = FieldProblem(
                pointer: "/function", detail: "the product's provider does not support \(function.name)")
            return RequestFailure(
                .invalid, "The product's provider does not support this function.", problems: [problem])
        }
        return nil
    }

    /// Accepts an action whose function is not refused, in the transaction of whatever wants it.
    ///
    /// - Throws: `RequestFailure` (`invalid`) where its parameters are missing or wrong; then nothing was done.
    func accept(
        _ order: ActionOrder, on product: ProductRecord, in transaction: Transaction,
        changes: inout ActionChanges, now: Timestamp
    ) throws -> ActionRecord {
        let function = order.function
        var action = ActionRecord(
            number: try transaction.nextActionNumber(), id: order.id, productID: product.id,
            clientID: product.clientID, category: product.category, provider: "",
            configurationID: product.configurationID, function: function.name,
            isChanging: function.isChanging, machine: ActionMachine(state: .queued), given: order.given,
            parameters: order.given, check: order.check, requestedBy: order.requestedBy,
            eventType: order.eventType,
            traceparent: order.traceparent,
            createdAt: now)
        action.provider = try transaction.configuration(product.configurationID)?.provider ?? ""
        let mustWait = try function.isChanging && transaction.firstInLine(of: product.id) != nil
        let runAt = order.runAt.flatMap { $0 > now ? $0 : nil }
        // What is handed over at once is checked there.
        if mustWait || runAt != nil {
            try check(action, function: function, product: product, in: transaction)
        }
        if let runAt {
            guard now.duration(to: runAt) <= Self.farthestRunAt else {
                let problem = FieldProblem(pointer: "/run_at", detail: "must be at most a year from now")
                throw RequestFailure(
                    .invalid, "The action cannot be scheduled so far ahead.", problems: [problem])
            }
            action.runAt = runAt
            action.machine = ActionMachine(state: .scheduled, wakeAt: runAt)
            changes.actions.append(action)
        } else {
            action.line = function.isChanging ? try transaction.nextLine(of: product.id) : nil
            if mustWait {
                changes.actions.append(action)
            } else if try dispatcher.hold(&action, in: transaction, now: now) != nil {
                try dispatcher.check(action, in: transaction)
                try dispatcher.giveTurn(to: &action, in: transaction)
                changes.actions.append(action)
            } else {
                try dispatcher.handOver(&action, in: transaction, changes: &changes, now: now)
            }
        }
        try transaction.insert(action)
        changes.accepted.insert(action.id)
        return action
    }

    /// Checks the parameters that are there by now. What is missing is no problem yet: an earlier action, or a person,
    /// may still fill it in.
    private func check(
        _ action: ActionRecord, function: FunctionDefinition, product: ProductRecord,
        in transaction: Transaction
    ) throws {
        guard let client = try transaction.client(product.clientID) else {
            throw StoreError.damaged("products.client_id")
        }
        let effective = try dispatcher.effectiveParameters(
            of: action, function: function, sources: ParameterSources(product: product, client: client))
        let problems = function.parameters.filter { effective[$0.name] != nil }
            .problems(in: effective, at: "/parameters")
        guard problems.isEmpty else {
            throw RequestFailure(.invalid, "The parameters are not as they should be.", problems: problems)
        }
    }
}
