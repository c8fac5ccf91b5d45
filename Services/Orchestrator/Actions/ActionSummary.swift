import Models

/// What the event table says of an action: enough to follow it, and no parameters or results.
enum ActionSummary {
    static func json(_ action: ActionRecord) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(action.id.rawValue), "contract_product_id": .string(action.productID.rawValue),
            "client_id": .string(action.clientID.rawValue), "category": .string(action.category),
            "provider": .string(action.provider), "function": .string(action.function),
            "state": .string(action.machine.state.rawValue), "attempt": .integer(action.machine.attempt),
            "created_at": .string(action.createdAt.description),
        ]
        if let error = action.error {
            members["error"] = ["kind": .string(error.kind.rawValue), "message": .string(error.message)]
        }
        if let finishedAt = action.finishedAt { members["finished_at"] = .string(finishedAt.description) }
        return .object(members)
    }
}
