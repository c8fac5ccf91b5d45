import Models
import ServiceRuntime

/// Carries out what follows from one business event, in the transaction that stores it.
struct EventConsequences {
    let event: SubmitBusinessEvent
    let traceparent: String?
    var product: ProductRecord
    let catalogue: Catalogue
    let secrets: SecretKeeper
    let actions: ActionService
    let now: Timestamp
    var changes = ActionChanges()
    /// Whether what was not done is as it should be.
    private(set) var isExpected = true

    init(
        event: SubmitBusinessEvent, traceparent: String?, product: ProductRecord, catalogue: Catalogue,
        secrets: SecretKeeper, actions: ActionService, now: Timestamp
    ) {
        self.event = event
        self.traceparent = traceparent
        self.product = product
        self.catalogue = catalogue
        self.secrets = secrets
        self.actions = actions
        self.now = now
    }

    /// - Returns: the event as it is to be stored.
    mutating func carryOut(in transaction: Transaction) throws -> BusinessEventRecord {
        let secretFields = catalogue.blueprint(product.category)?.secretFields ?? []
        let context = "event/\(event.id)/data"
        let data = try secrets.open(
            sent: event.data ?? [:], fields: secretFields, context: context)
        var record = BusinessEventRecord(
            number: try transaction.nextBusinessEventNumber(), id: event.id, type: event.type,
            productID: product.id,
            data: try secrets.storage.seal(secretsOf: data, fields: secretFields, context: context),
            fingerprint: try actions.fingerprints.kept(
                event.fingerprint, context: BusinessEventService.fingerprintContext(event.id)),
            requestedBy: event.requestedBy, receivedAt: now)
        guard let definition = catalogue.businessEvent(event.type, of: product.category) else {
            leave(nil, "Nothing follows from this in \(product.category).", in: &record)
            return record
        }
        if definition.setsPackage { try setPackage(from: data, in: transaction) }
        record.cancelled = try undo(definition.undoes, in: transaction)
        let status = try comingStatus(in: transaction)
        let override = product.businessEvents[event.type.rawValue].map(EventOverride.init)
        switch EventPlan(definition, override: override, data: data, status: status) {
        case .nothing(let function, let reason, let isExpected):
            leave(function, reason, isExpected: isExpected, in: &record)
        case .run(let name, let delaySeconds):
            guard let function = catalogue.function(name, of: product.category) else {
                leave(name, "There is no function \(name) in \(product.category).", in: &record)
                break
            }
            if let refusal = try refusal(of: function, status: status, in: transaction) {
                leave(name, refusal.message, in: &record)
                break
            }
            let given = try parameters(of: function, definition: definition, data: data)
            record.actions = [try run(function, given, delaySeconds: delaySeconds, in: transaction)]
        }
        return record
    }

    private mutating func leave(
        _ function: String?, _ reason: String, isExpected: Bool = false, in record: inout BusinessEventRecord
    ) {
        record.notDone.append(NotDone(function: function, reason: reason))
        self.isExpected = isExpected
    }

    // MARK: Package

    private mutating func setPackage(from data: [String: JSONValue], in transaction: Transaction) throws {
        guard let given = data["package"], given != .null else { return }
        let problems = [
            FieldDefinition(name: "package", type: .string, isRequired: true, rules: [.max(255)])
        ].problems(in: ["package": given], at: "/data")
        guard problems.isEmpty, let package = given.stringValue else {
            throw RequestFailure(
                .invalid, "The business event is not as it should be.", problems: problems)
        }
        let didChange = try ProductChanges(
            actionID: nil, changedBy: "business event \(event.id)", now: now
        ).apply(fields: [:], status: product.status, package: package, to: &product, in: transaction)
        if didChange { changes.products.append(product) }
    }

    // MARK: Undoing

    /// Cancels what events of these types have set off and is not begun yet.
    private mutating func undo(_ types: [String], in transaction: Transaction) throws -> [ActionID] {
        guard !types.isEmpty else { return [] }
        var cancelled: [ActionID] = []
        for found in try transaction.openActions(of: product.id, setOffBy: types) {
            // An earlier one of these may have moved it.
            guard var action = try transaction.action(found.id) else { continue }
            do throws(ActionMachine.Refusal) {
                try action.machine.handle(.decision(.cancel))
            } catch {
                continue
            }
            try actions.settle(&action, in: transaction, changes: &changes, now: now)
            cancelled.append(action.id)
        }
        product = try transaction.product(product.id) ?? product
        return cancelled
    }

    /// The product's status once what stands in its line has ended, where that succeeds.
    private func comingStatus(in transaction: Transaction) throws -> ProductStatus {
        let coming = try transaction.functionsInLine(of: product.id).lazy
            .compactMap { catalogue.function($0, of: product.category)?.statusAfter }
            .compactMap(ProductStatus.init(rawValue:)).first
        return coming ?? product.status
    }

    // MARK: Running

    /// Why the function cannot be run at all; nil where it can.
    ///
    /// - Throws: `RequestFailure`: `unavailable` where that is not known yet, `tooMany` where too much waits already.
    private func refusal(
        of function: FunctionDefinition, status: ProductStatus, in transaction: Transaction
    ) throws -> RequestFailure? {
        var coming = product
        coming.status = status
        let refusal = try actions.refusal(of: function, on: coming, in: transaction)
        if let refusal, [.unavailable, .tooMany].contains(refusal.kind) { throw refusal }
        return refusal
    }

    /// The members of the data that are the function's parameters, and the new package under the name that it has there.
    private func parameters(
        of function: FunctionDefinition, definition: BusinessEventDefinition, data: [String: JSONValue]
    ) throws -> [String: JSONValue] {
        let names = function.parameters.map(\.name)
        var given = data.filter { names.contains($0.key) }
        guard definition.setsPackage else { return given }
        if given.isEmpty, product.package == nil {
            throw BusinessEventService.invalid("/data/package", "is required")
        }
        guard let package = product.package else { return given }
        for field in function.parameters where ParameterSources.packageNames.contains(field.name) {
            if given[field.name] == nil, !field.isReplaced(by: given) { given[field.name] = .string(package) }
        }
        return given
    }

    private mutating func run(
        _ function: FunctionDefinition, _ given: [String: JSONValue], delaySeconds: Int,
        in transaction: Transaction
    ) throws -> ActionID {
        let id = ActionID.make(at: now)
        let order = ActionOrder(
            id: id, function: function,
            given: try secrets.storage.seal(
                secretsOf: given, fields: function.parameters, context: "\(id)/parameters"),
            runAt: delaySeconds > 0 ? now.advanced(by: .seconds(delaySeconds)) : nil,
            requestedBy: "business event \(event.id)", eventType: event.type.rawValue,
            traceparent: traceparent)
        do {
            _ = try actions.accept(order, on: product, in: transaction, changes: &changes, now: now)
        } catch var failure as RequestFailure {
            for index in failure.problems.indices {
                let pointer = failure.problems[index].pointer
                guard pointer.hasPrefix("/parameters") else { continue }
                failure.problems[index].pointer = "/data" + pointer.dropFirst("/parameters".count)
            }
            throw failure
        }
        return id
    }
}
