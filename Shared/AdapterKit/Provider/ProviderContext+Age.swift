package import Models

extension ProviderContext {
    /// How far the clocks of two machines may be apart: 10 min.
    package static let clockTolerance = Duration.seconds(600)

    /// Whether something made at that time can be this action's: it is no older than the action. Nil where the
    /// time, or when the action was asked for, is not known.
    ///
    /// - Parameter tolerance: how much earlier it may seem, as where only the day is told.
    package func canBeOurs(madeAt: Timestamp?, tolerance: Duration = clockTolerance) -> Bool? {
        guard let madeAt, let askedAt = actionID?.madeAt else { return nil }
        return madeAt.advanced(by: tolerance) >= askedAt
    }
}
