/// What a provider's function came to.
package enum ProviderAnswer<Value: Sendable>: Sendable {
    case done(Value)
    /// The provider works on it. It is asked again about `reference` after `pollAfter`.
    case deferred(reference: String, pollAfter: Duration)
}

/// What looking at the provider showed of a run that may already have happened.
package enum Observation<Value: Sendable>: Sendable {
    /// It happened; this is what it came to.
    case done(Value)
    /// It did not happen.
    case notDone
    /// Nobody can tell.
    case unknown
}

/// A function as one provider does it, given as method references:
/// `create: .init(Self.create, observe: Self.observeCreate)`.
package struct ProviderFunction<P: Provider, In: Decodable & Sendable, Out: Encodable & Sendable>: Sendable {
    package typealias Run = @Sendable (P) -> @Sendable (In) async throws(ProviderError) -> Out
    package typealias DeferringRun =
        @Sendable (P) -> @Sendable (In) async throws(ProviderError) -> ProviderAnswer<Out>
    package typealias Poll =
        @Sendable (P) ->
        @Sendable (In, _ reference: String) async throws(ProviderError) -> ProviderAnswer<Out>
    package typealias Observe =
        @Sendable (P) -> @Sendable (In) async throws(ProviderError) -> Observation<Out>

    enum Body: Sendable {
        case plain(Run)
        case deferring(DeferringRun, poll: Poll)
    }

    let body: Body
    let observe: Observe?

    /// A function that is done when it returns.
    ///
    /// - Parameter observe: looks whether a run that may be a repeat already happened, without changing
    ///   anything. Functions whose effect is `verifyFirst` or `irreversible` should have it: without it such
    ///   a repeat is `unsure`.
    package init(_ run: @escaping Run, observe: Observe? = nil) {
        body = .plain(run)
        self.observe = observe
    }

    /// A function that the provider may take its time for.
    ///
    /// - Parameter poll: asks how the work known by the reference is getting on; must not begin it anew.
    package init(deferring run: @escaping DeferringRun, poll: @escaping Poll, observe: Observe? = nil) {
        body = .deferring(run, poll: poll)
        self.observe = observe
    }
}
