/// What the gateway takes at most. Each was chosen well above what honest callers need.
enum Limits {
    /// The longest body of a request: 1 MiB, which is also the longest message of the bus. Longer: 413.
    static let bodyBytes = 1 << 20
    /// The longest path and query. Longer: 414.
    static let uriBytes = 8 << 10
    /// The longest header field, and all of them together. Longer: 400, by the HTTP parser.
    static let headerFieldBytes = 16 << 10
    static let headerListBytes = 32 << 10
    static let headerCount = 100
    /// How many connections are open at once. Further ones wait in the listener's queue.
    static let connections = 2048
    /// How many connections wait in the listener's queue.
    static let backlog = 512
    /// How long a connection may be idle, a head may take, or a body may pause.
    static let idleSeconds: Int64 = 75
    /// How long a request may take from its head to its end. Longer: the connection is closed.
    static let requestSeconds: Int64 = 60
    /// How much of a body is read on behind its refusal, to find the next request: 8 MiB. More: the connection is closed.
    static let discardedBodyBytes = 8 << 20
    /// How many event and log streams are open at once. More: 429.
    static let streams = 256
    /// How long a stream's reader may take for one write. Longer: the connection is closed.
    static let streamWriteLimit: Duration = .seconds(30)
    /// A comment on every stream after this much silence.
    static let heartbeat: Duration = .seconds(15)
    /// The longest `wait` for an action's end.
    static let waitSeconds = 60
    /// How many actions may be waited for at once. More: answered at once, as without `wait`.
    static let waiters = 20_000
    /// How many submissions wait for their acceptance at once: of all, of one token, and of one client. More: 429. The
    /// orchestrator accepts more than 1,000 a second, so the last one of all waits for a second at most.
    static let submissions = 1024
    static let submissionsOfToken = 512
    static let submissionsOfClient = 32
    /// The longest `data` of a business event: 64 KiB. Longer: 422.
    static let eventDataBytes = 64 << 10
    /// The longest idempotency key.
    static let idempotencyKeyBytes = 255
    /// The longest bearer token.
    static let tokenBytes = 512
    /// How many requests in a row one token or session may make, in times of what it may a second.
    static let callerBurstFactor = 2
    /// How many requests a second, and in a row, come from one address that are nobody's: with a token or session that is
    /// not good, or on routes that are open to all. More: 429. A page with all that it loads is well below.
    static let addressRequestsPerSecond = 20
    static let addressBurst = 200
    /// How many principals are remembered, and for how long.
    static let principals = 10_000
    static let principalAge: Duration = .seconds(5)
    /// How long the list of providers is remembered.
    static let providersAge: Duration = .seconds(5)
    /// How many of the latest events are kept for streams; who is further behind reads the event table.
    static let recentEvents = 4096
    /// How long the orchestrator or the log collector may take for an answer.
    static let requestTimeout: Duration = .seconds(10)
    /// How long they may take to say that they are there.
    static let probeTimeout: Duration = .seconds(1)
    /// How long the test of a configuration may take; the provider has to answer within it.
    static let connectionTestTimeout: Duration = .seconds(40)
    /// A wait asks by itself after this long, in case an event was lost.
    static let waitRecheck: Duration = .seconds(10)
    /// A stream asks again after this long where it could not be told what is new.
    static let streamRetry: Duration = .seconds(1)
    /// How many entries a stream fetches at once.
    static let streamBatch = 500
    /// When to come again after a 503 or a 429, in seconds.
    static let retryAfterSeconds = 2
}
