package import Models

/// An action as the store keeps it.
package struct ActionRecord: Sendable {
    /// Rises in the order of acceptance; 0 until it is stored.
    package var number: Int64 = 0
    package var id: ActionID
    package var productID: ContractProductID
    package var clientID: ClientID
    package var category: String
    package var provider: String
    package var configurationID: ConfigurationID
    package var function: String
    package var isChanging: Bool
    /// Its place in the product's line; nil while it does not stand in it.
    package var line: Int64?
    /// When it is handed over among those that wait with the same configuration, the lowest first; nil while it is not
    /// kept waiting by that. Only what is queued has one.
    package var turn: Int64?
    package var machine: ActionMachine
    /// What the caller gave; secrets sealed for storage.
    package var given: [String: JSONValue]
    /// What the last attempt was sent with: `given`, filled from the product and its client.
    package var parameters: [String: JSONValue]
    package var result: [String: JSONValue]?
    /// When the result is removed; nil where it stays.
    package var resultExpiresAt: Timestamp?
    /// Whether the result was removed because its time was over.
    package var isResultExpired = false
    /// The product's status before the provider began to work on it by itself; nil where that changed nothing.
    package var statusBefore: ProductStatus?
    package var error: ActionError?
    /// What becomes of what its result says otherwise of the product; nil where it is no check. Set before it is stored.
    package var check: CheckMode?
    /// What the provider says otherwise, where it is a check that has ended.
    package var differences: [FieldDifference]?
    package var requestedBy: String
    /// The type of the business event that set it off; nil where none did. Set before it is stored.
    package var eventType: String?
    package var runAt: Timestamp?
    package var traceparent: String?
    package var createdAt: Timestamp
    package var finishedAt: Timestamp?
}
