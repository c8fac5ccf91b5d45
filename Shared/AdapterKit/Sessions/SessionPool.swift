import Models
import Synchronization

/// The sessions that an adapter has with third parties that want to be signed in to. They are lent to attempts one at a
/// time and kept for the next ones; nobody else stores anything of them.
package final class SessionPool: Sendable {
    package struct Limits: Sendable, Equatable {
        /// After how long without a word the third party is let hear of us: 2 min.
        package var silence = Duration.seconds(120)
        /// After how long unused a session is ended: 10 min.
        package var idle = Duration.seconds(600)
        /// How old a session may become: 12 h. Third parties end them after a day.
        package var age = Duration.seconds(43_200)

        package init() {}
    }

    /// How many sessions one configuration may have at once, where its provider says nothing else: 4.
    package static let usualLimit = 4
    /// How often is looked what is due: every 10 s.
    package static let tick = Duration.seconds(10)
    /// How long taking leave, or letting hear of us, may take: 5 s.
    package static let leaveLimit = Duration.seconds(5)

    private typealias Machine = SessionPoolMachine<SessionAccount>

    private struct State {
        var machine: Machine
        var sessions: [Machine.ID: any KeptSession] = [:]
        var waiting: [Machine.Ticket: CheckedContinuation<Machine.Loan?, Never>] = [:]
        /// Answers that came before their borrower was waiting.
        var early: [Machine.Ticket: Machine.Loan?] = [:]
    }

    private let clock: any AdapterClock
    private let deadlines: Deadlines
    private let state: Mutex<State>

    package init(clock: any AdapterClock, deadlines: Deadlines, limits: Limits = Limits()) {
        self.clock = clock
        self.deadlines = deadlines
        state = Mutex(State(machine: Machine(limits: limits)))
    }

    // MARK: Lending

    /// Lends a session for the time of `body`; opens one where none is free and the limit allows it, else waits.
    ///
    /// - Parameters:
    ///   - owner: the provider and the configuration.
    ///   - limit: how many sessions the owner may have at once.
    ///   - open: opens a session and signs in.
    /// - Throws: what `open` and `body` throw; `timedOut` where none came free, `providerUnavailable` where the adapter
    ///   stops. Nothing was sent then.
    package func lend<Session: KeptSession, Value: Sendable>(
        of owner: String, account: SessionAccount, limit: Int = usualLimit,
        open: () async throws(ProviderError) -> Session,
        _ body: (Session) async throws(ProviderError) -> Value
    ) async throws(ProviderError) -> Value {
        while true {
            let id: Machine.ID
            let session: Session
            switch try await borrow(owner, account, limit) {
            case .open(let slot):
                id = slot
                session = try await opened(slot, open)
            case .use(let slot):
                id = slot
                guard let kept = kept(slot) as? Session, kept.isUsable else {
                    // The third party ended it meanwhile.
                    await giveBack(slot, isUsable: false)
                    continue
                }
                session = kept
            }
            do throws(ProviderError) {
                let value = try await body(session)
                await giveBack(id, isUsable: session.isUsable)
                return value
            } catch {
                await giveBack(id, isUsable: session.isUsable)
                throw error
            }
        }
    }

    private func borrow(
        _ owner: String, _ account: SessionAccount, _ limit: Int
    ) async throws(ProviderError) -> Machine.Loan {
        let (answer, actions) = state.withLock { state in
            state.machine.borrow(owner, account: account, limit: limit, now: clock.uptime)
        }
        await perform(actions)
        switch answer {
        case .lent(let loan): return loan
        case .refused: throw Self.stopping
        case .wait(let ticket):
            if let loan = await wait(for: ticket) { return loan }
            guard Task.isCancelled else { throw Self.stopping }
            throw ProviderError(
                .timedOut, details: ["problem": "All sessions with the third party were in use."])
        }
    }

    private static let stopping = ProviderError(
        .providerUnavailable, details: ["problem": "The adapter is stopping."])

    private func wait(for ticket: Machine.Ticket) async -> Machine.Loan? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early = state.withLock { state -> Machine.Loan?? in
                    if let early = state.early.removeValue(forKey: ticket) { return early }
                    if Task.isCancelled {
                        _ = state.machine.withdraw(ticket)
                        return .some(nil)
                    }
                    state.waiting[ticket] = continuation
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                state.machine.withdraw(ticket) ? state.waiting.removeValue(forKey: ticket) : nil
            }
            waiting?.resume(returning: nil)
        }
    }

    private func opened<Session: KeptSession>(
        _ id: Machine.ID, _ open: () async throws(ProviderError) -> Session
    ) async throws(ProviderError) -> Session {
        do throws(ProviderError) {
            let session = try await open()
            state.withLock { state in
                state.machine.opened(id)
                state.sessions[id] = session
            }
            return session
        } catch {
            await perform(state.withLock { $0.machine.lost(id, now: clock.uptime) })
            throw error
        }
    }

    private func kept(_ id: Machine.ID) -> (any KeptSession)? { state.withLock { $0.sessions[id] } }

    private func giveBack(_ id: Machine.ID, isUsable: Bool) async {
        await perform(
            state.withLock { $0.machine.giveBack(id, isUsable: isUsable, now: clock.uptime) })
    }

    // MARK: Keeping

    /// Keeps sessions alive and ends those that nobody needs, until the task is cancelled.
    package func run() async {
        do {
            while true {
                try await clock.sleep(for: Self.tick)
                await tend()
            }
        } catch {
            return
        }
    }

    /// Does what is due.
    package func tend() async { await perform(state.withLock { $0.machine.tend(now: clock.uptime) }) }

    /// Takes leave of all third parties; nothing is lent any more.
    package func shutDown() async { await perform(state.withLock { $0.machine.shutDown() }) }

    private func perform(_ actions: [Machine.Action]) async {
        guard !actions.isEmpty else { return }
        // Who waits goes on at once; leave is taken of several at a time.
        for case .grant(let ticket, let loan) in actions { answer(ticket, loan) }
        for case .refuse(let ticket) in actions { answer(ticket, nil) }
        await withDiscardingTaskGroup { group in
            for action in actions {
                switch action {
                case .grant, .refuse: break
                case .abandon(let id): remove(id)?.abandon()
                case .end(let id):
                    guard let session = remove(id) else { continue }
                    group.addTask { await self.leave(session) }
                case .keepAlive(let id):
                    guard let session = kept(id) else { continue }
                    group.addTask { await self.keepAlive(id, session) }
                }
            }
        }
    }

    private func answer(_ ticket: Machine.Ticket, _ loan: Machine.Loan?) {
        let waiting = state.withLock { state in
            let waiting = state.waiting.removeValue(forKey: ticket)
            if waiting == nil { state.early[ticket] = .some(loan) }
            return waiting
        }
        waiting?.resume(returning: loan)
    }

    private func remove(_ id: Machine.ID) -> (any KeptSession)? {
        state.withLock { $0.sessions.removeValue(forKey: id) }
    }

    private func leave(_ session: any KeptSession) async {
        _ = await deadlines.limit(Self.leaveLimit) { await session.end() }
        session.abandon()
    }

    private func keepAlive(_ id: Machine.ID, _ session: any KeptSession) async {
        let answer = await deadlines.limit(Self.leaveLimit) { await session.keepAlive() }
        let isAlive = answer.value == true && !answer.ranOut
        await perform(
            state.withLock { $0.machine.tended(id, isAlive: isAlive, now: clock.uptime) })
    }
}
