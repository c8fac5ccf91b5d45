package import Models

/// Clients: the customers who own products.
package struct ClientService: Sendable {
    let store: Store
    let now: @Sendable () -> Timestamp

    package func create(_ request: CreateClient) async throws -> Client {
        let now = now()
        let client = Client(
            id: .make(at: now), name: request.name, email: request.email, phone: request.phone,
            company: request.company, address: request.address, createdAt: now)
        try await store.write { try $0.insert(client) }
        return client
    }

    package func show(_ request: ShowClient) async throws -> Client {
        guard let client = try await store.read({ try $0.client(request.id) }) else {
            throw RequestFailure(.notFound, "There is no such client.")
        }
        return client
    }

    package func list(_ request: ListClients) async throws -> ClientList {
        let limit = request.page.boundedLimit
        let clients = try await store.read {
            try $0.clients(text: request.text, before: request.page.cursor, limit: limit + 1)
        }
        return ClientList(
            items: Array(clients.prefix(limit)),
            nextCursor: clients.count > limit ? clients[limit - 1].id.rawValue : nil)
    }
}
