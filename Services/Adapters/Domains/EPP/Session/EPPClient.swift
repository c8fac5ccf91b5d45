import AdapterKit
import Models

/// A registry that speaks EPP, as one attempt meets it.
struct EPPClient: Sendable {
    let account: EPPAccount
    let hosts: EPPHostForm
    private let provider: String
    private let sessionLimit: Int
    private let context: ProviderContext

    /// - Parameters:
    ///   - provider: whose sessions these are.
    ///   - sessionLimit: how many sessions one configuration may have at once.
    init(
        _ account: EPPAccount, hosts: EPPHostForm = .objects, provider: String,
        sessionLimit: Int = SessionPool.usualLimit, context: ProviderContext
    ) {
        self.account = account
        self.hosts = hosts
        self.provider = provider
        self.sessionLimit = sessionLimit
        self.context = context
    }

    /// Sends a command, on a session that is there or a new one.
    ///
    /// - Throws: what the answer's code means; `providerUnavailable` or `timedOut` where there was no answer, with
    ///   `mayHaveTakenEffect` where the command had left and is a changing one.
    func send(_ command: EPPCommand) async throws(ProviderError) -> EPPResponse {
        let response = try await context.sessions.lend(
            of: "\(provider)/\(context.configurationID)", account: SessionAccount(account),
            limit: sessionLimit, open: open
        ) { (session: EPPSession) async throws(ProviderError) -> EPPResponse in
            try await session.exchange(command, transactionID: transactionID, caller: context.frames)
        }
        return try response.successful(answering: command)
    }

    private func open() async throws(ProviderError) -> EPPSession {
        try await EPPSession.open(account, transactionID: transactionID, caller: context.frames)
    }

    private var transactionID: String {
        EPPTransactionID.make(for: context.actionID, attempt: context.attempt)
    }

    /// Signs in anew, which no session that is there already would prove, and takes leave.
    func testLogin() async throws(ProviderError) {
        await (try open()).end()
    }
}
