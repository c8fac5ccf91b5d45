package import Models

extension ActionService {
    /// One action.
    package func show(_ request: ShowAction) async throws -> Action {
        let now = now()
        return try await store.read { transaction in
            let action = try transaction.action(request.id, of: request.clientID)
            return try views.view(action, in: transaction, withResult: true, now: now)
        }
    }

    /// Actions that match, newest first; their results without secrets.
    package func list(_ request: ListActions) async throws -> ActionList {
        let now = now()
        let limit = request.page.boundedLimit
        return try await store.read { transaction in
            let cursor = try request.page.number
            let actions = try transaction.actions(request, before: cursor, limit: limit + 1, now: now)
            return ActionList(
                items: try actions.prefix(limit).map {
                    try views.view($0, in: transaction, withResult: false, now: now)
                },
                nextCursor: actions.count > limit ? String(actions[limit - 1].number) : nil)
        }
    }
}
