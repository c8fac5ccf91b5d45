import Bus
import Models
import ServiceRuntime

/// Has notices kept by the orchestrator, over the bus.
struct BusNoticeStore: NoticeStore {
    /// How many bytes of notices are sent in one request at most, well below what a message may have.
    static let batchBytes = 256 << 10
    /// What a notice's message is cut to where the notice alone is larger than that; what was sent besides is left out.
    static let longestMessage = 4_096
    /// How long the orchestrator may take for one request.
    static let timeout: Duration = .seconds(15)

    let bus: any MessageBus
    let category: String
    let source: String
    let signer: Sealer

    func store(_ notices: [Notice], of configuration: ConfigurationID) async throws(ProviderError) {
        for batch in Self.batches(of: notices) {
            let request = StoreNotices(configurationID: configuration, category: category, notices: batch)
            do throws(RequestFailure) {
                _ = try await bus.send(
                    request, to: .orchestratorRequests, source: source, signer: signer, timeout: Self.timeout)
            } catch {
                throw ProviderError(
                    .providerUnavailable,
                    details: ["problem": .string("The notices could not be stored: \(error.message)")])
            }
        }
    }

    /// The notices in their order, as many together as fit into a request.
    static func batches(of notices: [Notice]) -> [[Notice]] {
        var batches: [[Notice]] = []
        var room = 0
        for notice in notices {
            var notice = notice
            if JSONText.bytes(notice).count > batchBytes {
                notice.extra = nil
                notice.message = String(notice.message.prefix(longestMessage))
            }
            let size = JSONText.bytes(notice).count
            if size > room || batches.isEmpty {
                batches.append([])
                room = batchBytes
            }
            batches[batches.count - 1].append(notice)
            room -= size
        }
        return batches
    }
}
