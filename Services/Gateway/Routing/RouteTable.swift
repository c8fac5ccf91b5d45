import Models

/// All routes of the interface.
enum RouteTable {
    static func routes(_ parts: GatewayParts) -> [HTTPRoute] {
        let described: [HTTPRoute] =
            .catalogue(parts) + .clients(parts) + .configurations(parts) + .products(parts) + .actions(parts)
            + .webhooks(parts) + .businessEvents(parts) + .notices(parts) + .events(parts) + .logs(parts)
            + .sessions(parts) + .credentials(parts) + .users(parts) + .tokens(parts)
            + .operations(parts)
        // The routes that serve the documents are in the documents too.
        let documents = Documents(routes: described + .system(parts, documents: Documents(routes: [])))
        return described + .system(parts, documents: documents)
    }
}
