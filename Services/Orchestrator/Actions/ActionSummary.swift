import Models

/// What the event table says of an action: enough to follow it, and no parameters or results.
struct ActionSummary: Encodable {
    let id: ActionID
    let contractProductID: ContractProductID
    let clientID: ClientID
    let category: String
    let provider: String
    let function: String
    let state: ActionState
    let attempt: Int
    let error: ActionError?
    let createdAt: Timestamp
    let finishedAt: Timestamp?

    init(_ action: ActionRecord) {
        id = action.id
        contractProductID = action.productID
        clientID = action.clientID
        category = action.category
        provider = action.provider
        function = action.function
        state = action.machine.state
        attempt = action.machine.attempt
        error = action.error.map { ActionError(kind: $0.kind, message: $0.message) }
        createdAt = action.createdAt
        finishedAt = action.finishedAt
    }

    private enum CodingKeys: String, CodingKey {
        case id, category, provider, function, state, attempt, error
        case contractProductID = "contract_product_id"
        case clientID = "client_id"
        case createdAt = "created_at"
        case finishedAt = "finished_at"
    }
}
