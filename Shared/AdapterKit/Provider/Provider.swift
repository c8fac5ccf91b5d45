package import Logging
package import Models

/// One third party's way of doing what a category's blueprint asks for.
///
/// A provider is a value made per attempt from its configuration and what the attempt lends it. It maps
/// functions to calls of the third party's interface and holds no state of its own.
package protocol Provider: Sendable {
    /// Generated from the provider's `<name>.yaml`.
    associatedtype Configuration: Codable & Sendable

    /// The contract from `<name>.yaml`. Which functions are supported is added from the category's function
    /// table.
    static var contract: ProviderDescriptor { get }

    init(configuration: Configuration, context: ProviderContext)

    /// Makes the cheapest call that proves that address and credentials are right.
    ///
    /// - Returns: what staff are told, as in "Signed in as acme".
    func testConnection() async throws(ProviderError) -> String
}

/// What an attempt lends to the provider.
package struct ProviderContext: Sendable {
    /// Sends requests; records them for staff.
    package let transport: any HTTPTransport
    /// Sends frames, for third parties that are not spoken to by HTTP; records them for staff.
    package let frames: any FrameCaller
    /// Keeps sessions with third parties from one attempt to the next.
    package let sessions: SessionPool
    package let clock: any AdapterClock
    /// Carries the ids of the action already.
    package let logger: Logger
    package let configurationID: ConfigurationID
    /// The action; nil where a connection is tested.
    package let actionID: ActionID?
    /// The attempt's number, counted from 1; 0 where a connection is tested.
    package let attempt: Int
    /// Whether an earlier delivery or attempt of the same action may have begun already.
    package let mayBeRepeat: Bool
    /// How long the attempt may take in all.
    package let timeLimit: Duration
    /// The simulated third party of the demo providers.
    package let simulator: Simulator
    /// Secrets of this attempt; nothing that it knows is written to logs.
    package let secrets: SecretValues
    /// Keeps notices that the third party holds until it is told that they arrived.
    package let notices: any NoticeStore

    package init(
        transport: any HTTPTransport, clock: any AdapterClock, logger: Logger,
        configurationID: ConfigurationID,
        actionID: ActionID?, attempt: Int, timeLimit: Duration, simulator: Simulator, secrets: SecretValues,
        notices: any NoticeStore = NoNoticeStore(), frames: any FrameCaller = NoFrameCaller(),
        sessions: SessionPool? = nil, mayBeRepeat: Bool = false
    ) {
        self.transport = transport
        self.frames = frames
        self.sessions = sessions ?? SessionPool(clock: clock, deadlines: Deadlines(clock: clock))
        self.mayBeRepeat = mayBeRepeat
        self.clock = clock
        self.logger = logger
        self.configurationID = configurationID
        self.actionID = actionID
        self.attempt = attempt
        self.timeLimit = timeLimit
        self.simulator = simulator
        self.secrets = secrets
        self.notices = notices
    }
}
