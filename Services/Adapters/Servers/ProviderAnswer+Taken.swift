import AdapterKit

extension ProviderAnswer {
    /// The answer to a change that the third party has taken: what a look at it shows. A look that fails for a
    /// passing reason is left to polling, since the change must not be asked for again.
    ///
    /// - Throws: what the look throws, unless the same look may succeed later.
    static func taken(
        as reference: String, pollAfter: Duration, look: () async throws(ProviderError) -> ProviderAnswer
    ) async throws(ProviderError) -> ProviderAnswer {
        do throws(ProviderError) {
            return try await look()
        } catch {
            guard error.isRetriable else { throw error }
            return .deferred(reference: reference, pollAfter: pollAfter)
        }
    }
}
