import AdapterKit
import Models

/// What a message is about.
struct EPPNews: Sendable, Equatable {
    /// In the words of the blueprint.
    enum Kind: String, Sendable {
        case dataQuality = "data_quality"
        case transferIn = "transfer_in"
        case transferOut = "transfer_out"
        case renewed, suspended, deleted
    }

    var kind: Kind
    var domains: [String]
}

extension EPPProvider {
    /// How many messages are read at most for each that is wanted: those that are too old are taken off the queue too.
    private static var readsPerNotice: Int { 10 }
    /// How many notices are fetched at most, however many are wanted.
    private static var largestLimit: Int { 100 }

    /// Reads messages, each of which is stored before it is taken off the queue. Those that the blueprint has no word for
    /// are stored as `other` and not told here.
    func poll(_ wanted: Domains.PollParameters) async throws(ProviderError) -> Domains.PollResult {
        let after = wanted.afterDate.flatMap { Timestamp(written: $0) }
        let limit = min(wanted.limit, Self.largestLimit)
        var told: [Domains.Notification] = []
        var (reads, remaining) = (0, 0)
        repeat {
            guard let message = try await client.nextMessage() else { break }
            remaining = message.count
            guard limit > 0 else { break }
            let writtenAt = message.date ?? context.clock.now
            let news = news(in: message)
            let notice = Notice(
                id: message.id, type: news?.kind.rawValue ?? "other", message: message.text,
                subjects: news?.domains ?? message.domains, createdAt: writtenAt)
            try await context.notices.store([notice], of: context.configurationID)
            try await client.acknowledge(message.id)
            reads += 1
            remaining = max(1, message.count) - 1
            if let news, after.map({ writtenAt > $0 }) ?? true {
                told.append(
                    Domains.Notification(
                        id: message.id, type: news.kind.rawValue, message: message.text,
                        domains: news.domains, createdAt: writtenAt.plainText))
            }
        } while remaining > 0 && told.count < limit && reads < limit * Self.readsPerNotice
        return Domains.PollResult(countRemaining: remaining, notifications: told)
    }

    func news(in message: EPPMessage) -> EPPNews? { message.news(for: client.account.user) }
}

extension EPPMessage {
    /// The domains that it names, in RFC 5731's elements or in those of registries.
    var domains: [String] {
        var names: [String] = []
        for data in response.data {
            let found =
                data.descendants("name").filter { $0.namespace == EPPSchema.domain.uri }
                + data.descendants("domainName")
            for name in found.compactMap(\.content) where !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// What a message of RFC 5731's kind is about.
    ///
    /// - Parameter user: our account.
    func news(for user: String) -> EPPNews? {
        if let transfer = response.data("trnData", of: .domain) {
            let isInbound = transfer["reID"]?.content == user
            return EPPNews(kind: isInbound ? .transferIn : .transferOut, domains: domains)
        }
        if response.data("renData", of: .domain) != nil { return EPPNews(kind: .renewed, domains: domains) }
        guard let kind = Self.kind(saidBy: text) else { return nil }
        return EPPNews(kind: kind, domains: domains)
    }

    /// Where the data do not tell, the words have to. That a domain is lost is taken from them only where they speak of
    /// nothing else: a host that was deleted, or a transfer that was cancelled, must not end a product.
    static func kind(saidBy text: String) -> EPPNews.Kind? {
        let text = text.lowercased()
        func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }
        if says("host", "contact", "nameserver") { return nil }
        if says("transfer") { return says("transferred away") ? .transferOut : .transferIn }
        if says("renew") { return .renewed }
        if says("verif", "data quality") { return .dataQuality }
        if says("deleted", "purged") { return .deleted }
        return says("suspended") ? .suspended : nil
    }
}
