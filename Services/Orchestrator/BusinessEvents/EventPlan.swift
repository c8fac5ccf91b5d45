import Models

/// What follows from a business event on one product, as a pure value: no I/O, and no clock.
enum EventPlan: Sendable, Equatable {
    /// The function is to be run after so many seconds.
    case run(function: String, delaySeconds: Int)
    /// Nothing is to be run.
    ///
    /// - Parameters:
    ///   - function: the one that is not run, where there is one.
    ///   - isExpected: whether that is as it should be, and not something that cannot be done.
    case nothing(function: String?, reason: String, isExpected: Bool)

    /// - Parameters:
    ///   - definition: what the blueprint says of the event.
    ///   - override: what the product says of it.
    ///   - data: what came with it.
    ///   - status: the product's status once what stands in its line has ended.
    init(
        _ definition: BusinessEventDefinition, override: EventOverride?, data: [String: JSONValue],
        status: ProductStatus
    ) {
        if override?.isOff == true {
            self = .nothing(
                function: nil, reason: "The product is set to do nothing on \(definition.type).",
                isExpected: true)
            return
        }
        let given = definition.functionsWhereGiven.sorted { $0.key < $1.key }
            .first { data[$0.key] != nil && data[$0.key] != .null }
        guard let function = override?.function ?? given?.value ?? definition.function else {
            self = .nothing(
                function: nil, reason: definition.notDone ?? "There is nothing to do.", isExpected: false)
            return
        }
        if function == definition.function, let needed = definition.onlyWhereStatus, needed != status.rawValue
        {
            self = .nothing(
                function: function,
                reason: "The product is \(status.rawValue) and not \(needed), so \(function) is not needed.",
                isExpected: true)
            return
        }
        self = .run(function: function, delaySeconds: override?.delaySeconds ?? 0)
    }
}
