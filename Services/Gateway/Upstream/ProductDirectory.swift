import Models
import ServiceRuntime
import Synchronization

/// What never changes about contract products: the category and whose they are. A function's parameters can only be
/// checked where the category is known, and asking for it with every action would double the requests.
final class ProductDirectory: Sendable {
    struct Entry: Sendable {
        let category: String
        let clientID: ClientID
    }

    /// How many products are remembered. When there are more, all are forgotten and asked for again.
    static let limit = 50_000

    private let entries = Mutex<[ContractProductID: Entry]>([:])
    private let upstream: Upstream

    init(upstream: Upstream) {
        self.upstream = upstream
    }

    /// - Parameter client: only where the product belongs to this client.
    /// - Throws: `notFound`, also for another client's product.
    func entry(
        _ id: ContractProductID, client: ClientID?, trace: TraceContext
    ) async throws(RequestFailure) -> Entry {
        if let entry = entries.withLock({ $0[id] }) {
            guard client == nil || client == entry.clientID else {
                throw RequestFailure(.notFound, Problem.notFound.detail)
            }
            return entry
        }
        let raw = try await upstream.ask(
            ShowContractProduct(id: id, clientID: client, audience: client == nil ? .admin : .client),
            trace: trace)
        let members = raw.members(["category", "client_id"])
        guard let category = members[0]?.string, let owner = members[1]?.string else {
            throw RequestFailure(.internal, "A product without category or client was answered.")
        }
        let entry = Entry(category: category, clientID: ClientID(rawValue: owner))
        store(entry, for: id)
        return entry
    }

    func store(_ entry: Entry, for id: ContractProductID) {
        entries.withLock { entries in
            if entries.count >= Self.limit { entries = [:] }
            entries[id] = entry
        }
    }
}
