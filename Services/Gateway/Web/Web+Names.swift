import Models

extension Web {
    /// What the things are called that listings know by id.
    ///
    /// - Parameter keys: members of the items that hold ids.
    func names(in items: [JSONValue], _ keys: [String], _ call: Call, _ upstream: Upstream) async throws
        -> [String: String]
    {
        let ids = Set(items.flatMap { item in keys.compactMap { item[$0]?.stringValue } })
        guard !ids.isEmpty else { return [:] }
        let found = try await upstream.fetch(ListNames(ids: ids.sorted()), trace: call.trace)
        return found.names.compactMapValues(\.stringValue)
    }
}
