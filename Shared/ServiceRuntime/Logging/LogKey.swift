/// Every metadata key of the log. No other file spells one.
///
/// The keys under "Fields of the entry" fill the field of `LogEntry` that their comment names and can be filtered by;
/// all others go into `LogEntry.metadata`. Values are facts, never a body and never a credential.
package enum LogKey {
    // MARK: Fields of the entry

    /// `LogEntry.actionID`
    package static let actionID = "action.id"
    /// `LogEntry.contractProductID`
    package static let productID = "product.id"
    /// `LogEntry.clientID`
    package static let clientID = "client.id"
    /// `LogEntry.category`
    package static let category = "category"
    /// `LogEntry.provider`
    package static let provider = "provider"
    /// `LogEntry.function`
    package static let function = "function"
    /// `LogEntry.traceID`
    package static let traceID = "trace.id"
    /// `LogEntry.error`. `logger.error(…, error: error)` fills it as well, and wins.
    package static let error = "error"
    /// `LogEntry.debug`: sealed provider traffic. It is published and stored, but not written to standard error.
    package static let debug = "debug"

    // MARK: Actions

    /// Number of the attempt, counted from 1.
    package static let attempt = "attempt"
    package static let state = "state"
    package static let previousState = "state.previous"
    package static let outcome = "outcome"
    package static let effect = "effect"
    /// Why something waits, was repeated or was refused.
    package static let reason = "reason"
    /// Until when something waits.
    package static let until = "until"
    package static let possibleDuplicate = "possible_duplicate"
    package static let retryAfterSeconds = "retry_after_seconds"
    package static let requestedBy = "requested_by"
    package static let decision = "decision"
    package static let configurationID = "configuration.id"
    /// Names of fields, with commas between them; never their values.
    package static let fields = "fields"
    package static let tokenID = "token.id"
    package static let userID = "user.id"
    package static let sessionID = "session.id"
    /// `SecurityEvent`, or `message.refused`: what a person who looks for misuse filters by.
    package static let security = "security"
    /// Where a request came from.
    package static let address = "address"
    package static let permission = "permission"
    /// The client as whom someone looks around. It is not `clientID`: the client's own log does not tell of it.
    package static let viewingAs = "viewing_as"
    /// Which key seals, and which one did before; never a key.
    package static let keyID = "key.id"
    package static let previousKeyID = "key.id.previous"
    /// Whom a key is for, as in `category/hosting`.
    package static let recipient = "recipient"
    package static let eventID = "event.id"
    package static let eventType = "event.type"
    package static let webhookID = "webhook.id"
    package static let deliveryID = "delivery.id"
    package static let noticeID = "notice.id"
    package static let noticeType = "notice.type"
    /// `ErrorKind`, `BusError.Kind` or `RequestFailure.Kind`.
    package static let errorKind = "error.kind"

    // MARK: Provider calls

    package static let httpMethod = "http.method"
    package static let httpStatus = "http.status"
    /// Path without the query.
    package static let httpPath = "http.path"
    /// What a frame asks, where a third party is spoken to in frames, as in `domain:info`.
    package static let command = "command"
    /// What both sides know a frame by.
    package static let transactionID = "transaction.id"
    package static let host = "host"
    package static let port = "port"

    // MARK: Messages

    package static let messageID = "message.id"
    package static let messageType = "message.type"
    package static let queue = "queue"
    package static let exchange = "exchange"
    package static let routingKey = "routing_key"
    package static let offset = "offset"
    package static let isRedelivered = "redelivered"

    // MARK: Amounts

    /// Milliseconds, with a fraction where it is a number.
    package static let durationMilliseconds = "duration_ms"
    /// When a backup was made.
    package static let madeAt = "made_at"
    /// Messages that were not published any more.
    package static let forgottenMessages = "forgotten_messages"
    /// Products that differ from their providers, and those of which that is not known.
    package static let differing = "differing"
    package static let doubtful = "doubtful"
    /// How far a clock was set, in milliseconds; negative for back.
    package static let stepMilliseconds = "step_ms"
    package static let count = "count"
    package static let bytes = "bytes"
    package static let lastID = "last_id"
    package static let sequence = "sequence"

    // MARK: Services

    package static let service = "service"
    package static let instance = "instance"
    package static let version = "version"
    package static let services = "services"
    package static let signal = "signal"
    package static let signals = "signals"
    package static let cancellationSignals = "signals.cancelling"
    package static let path = "path"
    package static let check = "check"
    package static let bus = "bus"
}
