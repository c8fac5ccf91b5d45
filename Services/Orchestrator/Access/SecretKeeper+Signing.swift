import Bus
import Logging
import ServiceRuntime

extension SecretKeeper {
    /// Tells who sent what the orchestrator takes: the gateway, or an adapter of one of these categories.
    func signatureCheck(
        categories: [String], acceptsUnsigned: Bool, logger: Logger
    ) -> SignatureCheck {
        let adapters = categories.map { category in
            SignatureCheck.Known(.adapter(category)) { self.category(category) }
        }
        return SignatureCheck(
            [SignatureCheck.Known(.gateway) { self.gateway }] + adapters, acceptsUnsigned: acceptsUnsigned,
            logger: logger)
    }

    /// A message of the outbox as it is published: signed where it goes to an adapter. An outcome that is sent again from
    /// the dead letters keeps the signature of the adapter that told it.
    func signed(_ message: BusMessage, for route: Route) -> BusMessage {
        guard route.exchange == .actions else { return message }
        return category(route.routingKey).signed(message, for: route)
    }
}
