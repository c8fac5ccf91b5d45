extension Attention {
    /// How many actions are counted and grouped at most, the newest ones.
    package static let countLimit = 1000
}
