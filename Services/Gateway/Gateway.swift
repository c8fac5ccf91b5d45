import Hummingbird
import HummingbirdCore
import Logging
import ServiceLifecycle
import ServiceRuntime

/// The HTTP interface of Purser. It stores nothing: everything it knows it asks for over the bus.
package struct Gateway: Service {
    let routes: [HTTPRoute]
    /// The pages for people; they are in no document.
    let pages: [HTTPRoute]
    let parts: GatewayParts
    let application: Application<RouterResponder<GatewayContext>>
    let feed: GatewayFeed
    let ticker: GatewayTicker
    let drain: GatewayDrain
    let logger: Logger

    /// Serves until it is shut down: ends waits and streams first, then answers what is under way.
    package func run() async throws {
        let services: [any Service] = [feed, ticker, application, drain]
        let group = ServiceGroupConfiguration(services: ServiceMain.named(services), logger: logger)
        try await ServiceGroup(configuration: group).run()
    }
}
