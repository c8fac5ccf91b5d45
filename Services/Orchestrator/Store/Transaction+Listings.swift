import GRDB
package import Models

extension Transaction {
    /// Actions that match, newest first, below the number `cursor`.
    package func actions(
        _ filter: ListActions, before cursor: Int64?, limit: Int, now: Timestamp = .now
    ) throws -> [ActionRecord] {
        var conditions = Conditions()
        if let attention = filter.attention { conditions.add(attention, now: now) }
        conditions.add("client_id = ?", filter.clientID?.rawValue)
        conditions.add("product_id = ?", filter.contractProductID?.rawValue)
        // A plus keeps SQLite from an index: there are fewer that are open or ended badly than of a function or an account.
        let isFew = filter.attention != nil || filter.state.map { $0 != .succeeded } ?? false
        let plus = isFew ? "+" : ""
        conditions.add("\(plus)function = ?", filter.function)
        conditions.add("\(plus)category = ?", filter.category)
        conditions.add("\(plus)configuration_id = ?", filter.configurationID?.rawValue)
        conditions.add("provider = ?", filter.provider)
        conditions.add("json_extract(error, '$.kind') = ?", filter.errorKind?.rawValue)
        if let state = filter.state {
            conditions.add("state = ?", state.rawValue)
            // Named as the partial indices name it, so that they are used; but not where there is a better one.
            let isOfOne = filter.clientID != nil || filter.contractProductID != nil
            if !state.isTerminal { conditions.add("is_open = 1") }
            if state.isTerminal, state != .succeeded, !isOfOne {
                conditions.add("state IN ('failed', 'rejected', 'cancelled')")
            }
        }
        conditions.add("number < ?", cursor)
        return try actions(
            "\(conditions.clause) ORDER BY number DESC LIMIT ?", conditions.arguments + [limit])
    }

    /// Products that match, newest first, with an id below `cursor`.
    package func products(_ filter: ListContractProducts, limit: Int) throws -> [ProductRecord] {
        var conditions = Conditions()
        conditions.add("client_id = ?", filter.clientID?.rawValue)
        conditions.add("category = ?", filter.category)
        conditions.add("status = ?", filter.status?.rawValue)
        conditions.add("configuration_id = ?", filter.configurationID?.rawValue)
        // Written out, so that the indices of the few that differ or are doubtful are used.
        if let differs = filter.differs { conditions.add("differences IS \(differs ? "NOT " : "")NULL") }
        if let doubtful = filter.doubtful { conditions.add("is_doubtful = \(doubtful ? 1 : 0)") }
        conditions.add(
            text: filter.text,
            in: ["name", "domain", "json_extract(provision_fields, '$.username')", "id"])
        conditions.add("id < ?", filter.page.cursor)
        return try rows(
            "SELECT * FROM products \(conditions.clause) ORDER BY id DESC LIMIT ?",
            conditions.arguments + [limit]
        ).map(Self.product)
    }
}
