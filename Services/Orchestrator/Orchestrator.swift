import Bus
import Foundation
import Models

/// The system of record: accepts actions, hands them to adapters, applies what they come to, and tells.
///
/// Consumes `purser.requests`, `purser.outcomes` and `purser.dead`; publishes to `purser.actions` and `purser.events`;
/// stores in `$PURSER_DATA/orchestrator/purser.sqlite`. Needs `PURSER_MASTER_KEY`; takes `PURSER_ADMIN_TOKEN`.
package enum Orchestrator {
    /// The service's name, in logs and as the source of its envelopes.
    package static let name = "orchestrator"
    package static let source = "/orchestrator"
    /// How many requests are answered beside each other.
    package static let requestConcurrency = 256
    /// How many outcomes are applied beside each other, which is what one transaction can hold of them.
    package static let outcomePrefetch = 256

    /// What the orchestrator is made of, for tests that want to reach into it.
    package struct Parts: Sendable {
        package let clock: SteadyClock
        package let store: Store
        package let catalogue: Catalogue
        package let actions: ActionService
        package let products: ProductService
        package let configurations: ConfigurationService
        package let notices: NoticeService
        package let businessEvents: BusinessEventService
        package let polls: NoticePolls
        package let webhooks: WebhookService
        package let clients: ClientService
        package let tokens: TokenService
        package let users: UserService
        package let sessions: SessionService
        package let twoFactor: TwoFactorService
        package let deadLetters: DeadLetterService
        package let overview: OverviewService
        package let secrets: SecretKeeper
        package let keyRotation: KeyRotation
        package let keys: KeyService
    }
}
