import AdapterKit
import Foundation
import Models
import Synchronization

/// A session with a registry: a connection on which we are signed in.
///
/// Nothing is sent a second time. When an answer does not come, or is none, the session is closed, and a changing command
/// may have been carried out.
final class EPPSession: KeptSession {
    /// How long a connection with its greeting may take: 15 s.
    static let connectLimit = Duration.seconds(15)
    /// How long signing in may take: 30 s.
    static let loginLimit = Duration.seconds(30)

    private let connection: any FrameConnection
    private let machine = Mutex(EPPSessionMachine())

    private init(_ connection: any FrameConnection) {
        self.connection = connection
    }

    // MARK: Opening

    /// Connects, reads the greeting, and signs in with the services that both sides know.
    ///
    /// - Throws: `unauthorized` where the registry does not take the credentials, `rateLimited` where it has as many
    ///   sessions of ours as it allows, else `providerUnavailable` or `timedOut`. Nothing was changed then.
    static func open(
        _ account: EPPAccount, transactionID: String, caller: any FrameCaller
    ) async throws(ProviderError) -> EPPSession {
        let (connection, frame) = try await caller.connect(to: account.endpoint, within: connectLimit)
        let session = EPPSession(connection)
        do throws(ProviderError) {
            guard case .greeting(let greeting) = try session.take(frame, isChanging: false) else {
                throw session.unreadable("is no greeting", isChanging: false)
            }
            let login = EPPCommand.login(
                account.user, password: account.password, try account.services.chosen(from: greeting))
            _ = try await session.exchange(
                login, .login(transactionID: transactionID), transactionID: transactionID,
                within: loginLimit, caller: caller
            ).successful(answering: login)
            return session
        } catch {
            session.abandon()
            throw error
        }
    }

    // MARK: Asking

    /// Sends a command and reads its answer, whatever its code.
    func exchange(
        _ command: EPPCommand, transactionID: String, caller: any FrameCaller
    ) async throws(ProviderError) -> EPPResponse {
        try await exchange(
            command, .command(transactionID: transactionID), transactionID: transactionID,
            within: .seconds(60), caller: caller)
    }

    private func exchange(
        _ command: EPPCommand, _ question: EPPSessionMachine.Question, transactionID: String,
        within limit: Duration, caller: any FrameCaller
    ) async throws(ProviderError) -> EPPResponse {
        guard machine.withLock({ $0.ask(question) }) else {
            throw ProviderError(
                .providerUnavailable, details: ["problem": "The session with the registry was over."])
        }
        let request = FrameRequest(
            command.name, transactionID: transactionID,
            document: command.frame(transactionID: transactionID), isChanging: command.isChanging,
            timeLimit: limit)
        let frame: Data
        do throws(ProviderError) {
            frame = try await caller.exchange(request, on: connection)
        } catch {
            abandon()
            throw error
        }
        guard case .response(let response) = try take(frame, isChanging: command.isChanging) else {
            throw unreadable("is no response", isChanging: command.isChanging)
        }
        return response
    }

    /// Reads a frame and checks that it is the one that was waited for.
    private func take(_ data: Data, isChanging: Bool) throws(ProviderError) -> EPPFrame {
        do throws(EPPFrame.Problem) {
            let frame = try EPPFrame(data)
            guard case .violation(let problem) = machine.withLock({ $0.take(frame) }) else { return frame }
            throw EPPFrame.Problem(text: problem)
        } catch {
            throw unreadable(error.text, isChanging: isChanging)
        }
    }

    private func unreadable(_ problem: String, isChanging: Bool) -> ProviderError {
        abandon()
        return ProviderError(
            .providerUnavailable,
            details: [
                "problem": .string("What the registry sent \(problem)."), "host": .string(connection.host),
            ], mayHaveTakenEffect: isChanging)
    }

    // MARK: Keeping

    var isUsable: Bool { connection.isOpen && machine.withLock { $0.isReady } }

    /// - SeeAlso: RFC 5734, section 3, on keeping a session with `<hello/>`.
    func keepAlive() async -> Bool {
        guard machine.withLock({ $0.ask(.hello) }) else { return false }
        return await ask(EPPCommand.hello) != nil && isUsable
    }

    func end() async {
        let id = EPPTransactionID.make(for: nil, attempt: 0)
        if machine.withLock({ $0.ask(.logout(transactionID: id)) }) {
            _ = await ask(EPPCommand.logout.frame(transactionID: id))
        }
        abandon()
    }

    func abandon() {
        machine.withLock { $0.lose() }
        connection.close()
    }

    /// Sends something outside of an attempt; nil where no proper answer came.
    private func ask(_ document: XMLValue) async -> EPPFrame? {
        do {
            try await connection.send(Data(document.document.utf8))
            return try take(try await connection.receive(), isChanging: false)
        } catch {
            // Nobody waits for this session; it is only not lent any more.
            abandon()
            return nil
        }
    }
}

/// What a command is known by on both sides.
enum EPPTransactionID {
    /// Unique, and says which action's which attempt sent it: `act_…-2-x8k3jq0p`, at most 64 characters.
    static func make(for action: ActionID?, attempt: Int) -> String {
        let origin = action.map { "\($0.rawValue.prefix(40))-\(attempt)" } ?? "purser"
        return "\(origin)-\(RandomText.letters(10))"
    }
}
