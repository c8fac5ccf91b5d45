/// What the store found out about itself.
enum StoreError: Error, Sendable, Equatable {
    /// A change was dropped before it ran.
    case notRun
    /// The database did not take `synchronous=FULL`.
    case notDurable(Int)
    /// A stored value is not what the code wrote.
    case damaged(String)
}
