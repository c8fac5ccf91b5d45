import Models

/// Writes down what webhooks are to be told, in the transaction that it tells of.
struct WebhookWriter: Sendable {
    let views: ActionViews

    /// Writes a delivery for every webhook that wants to be told of an action's new state.
    ///
    /// - Returns: whether there is one.
    func write(_ action: ActionRecord, in transaction: Transaction, now: Timestamp) throws -> Bool {
        guard let type = WebhookEventType(action.machine.state) else { return false }
        let webhooks = try transaction.webhooks().filter { $0.wants(type) }
        guard !webhooks.isEmpty else { return false }
        // Secrets are masked, as in a listing.
        let view = try views.view(action, in: transaction, withResult: false, now: now)
        let body = Self.body(type: type.rawValue, data: view, now: now)
        for webhook in webhooks {
            try transaction.insert(
                DeliveryRecord(
                    id: .make(at: now), webhookID: webhook.id, type: type.rawValue, actionID: action.id,
                    body: body, nextAt: now, createdAt: now))
        }
        return true
    }

    /// What is sent: the type, when it happened, and to what.
    static func body(type: String, data: some JSONConvertible, now: Timestamp) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        type.writeMember(#""type":"#, to: &bytes)
        now.writeMember(#""timestamp":"#, to: &bytes)
        data.writeMember(#""data":"#, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension WebhookRecord {
    fileprivate func wants(_ type: WebhookEventType) -> Bool {
        isEnabled && (eventTypes.isEmpty || eventTypes.contains(type))
    }
}

extension WebhookEventType {
    /// What webhooks are told of a state; nil where that is nothing.
    init?(_ state: ActionState) {
        switch state {
        case .succeeded: self = .actionSucceeded
        case .failed: self = .actionFailed
        case .cancelled: self = .actionCancelled
        case .unsure: self = .actionUnsure
        case .awaitingApproval: self = .actionAwaitingApproval
        case .scheduled, .queued, .dispatched, .waiting, .deferred, .rejected: return nil
        }
    }
}
