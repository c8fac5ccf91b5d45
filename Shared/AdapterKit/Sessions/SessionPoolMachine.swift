/// Which sessions there are and who has them. Events go in, what is to be done comes out; knows no connection and no
/// clock.
///
/// An owner is a configuration of a provider. When it comes with another account than before, its settings were changed:
/// its old sessions are ended as they come free.
struct SessionPoolMachine<Account: Equatable & Sendable>: Sendable {
    typealias ID = Int
    typealias Ticket = Int

    /// What a borrower gets.
    enum Loan: Equatable, Sendable {
        /// A session that is there.
        case use(ID)
        /// The right to open one.
        case open(ID)
    }

    enum Answer: Equatable, Sendable {
        case lent(Loan)
        /// All are in use.
        case wait(Ticket)
        case refused
    }

    enum Action: Equatable, Sendable {
        /// The borrower who waits gets this.
        case grant(Ticket, Loan)
        case refuse(Ticket)
        case keepAlive(ID)
        /// It is not known here any more; take leave of it.
        case end(ID)
        /// It is not known here any more, and of no use.
        case abandon(ID)
    }

    private enum Phase {
        case opening, lent
        case idle(since: Duration, heardOf: Duration)
        case tended(since: Duration)
    }

    private struct Slot {
        let owner: String
        let account: Account
        let madeAt: Duration
        var phase: Phase
    }

    private struct Waiter {
        let ticket: Ticket
        let owner: String
        let account: Account
        let limit: Int
    }

    let limits: SessionPool.Limits
    private var slots: [ID: Slot] = [:]
    private var waiters: [Waiter] = []
    private var accounts: [String: Account] = [:]
    private var last = 0
    private var isShutDown = false

    init(limits: SessionPool.Limits) {
        self.limits = limits
    }

    // MARK: Borrowing

    /// - Parameter limit: how many sessions the owner may have at once.
    /// - Returns: the answer, and what is to be ended first.
    mutating func borrow(
        _ owner: String, account: Account, limit: Int, now: Duration
    ) -> (answer: Answer, actions: [Action]) {
        guard !isShutDown else { return (.refused, []) }
        accounts[owner] = account
        var actions: [Action] = []
        for (id, slot) in slots where slot.owner == owner && slot.account != account {
            if case .idle = slot.phase {
                slots[id] = nil
                actions.append(.end(id))
            }
        }
        last += 1
        let waiter = Waiter(ticket: last, owner: owner, account: account, limit: max(1, limit))
        if let loan = loan(for: waiter, now: now) { return (.lent(loan), actions) }
        waiters.append(waiter)
        return (.wait(waiter.ticket), actions)
    }

    /// A session that is idle, the one used last first, or the right to open one.
    private mutating func loan(for waiter: Waiter, now: Duration) -> Loan? {
        let own = slots.filter { $0.value.owner == waiter.owner }
        let idle = own.compactMap { id, slot -> (id: ID, since: Duration)? in
            guard case .idle(let since, _) = slot.phase, slot.account == waiter.account else { return nil }
            return (id, since)
        }
        if let latest = idle.max(by: { ($0.since, $0.id) < ($1.since, $1.id) }) {
            slots[latest.id]?.phase = .lent
            return .use(latest.id)
        }
        guard own.count < waiter.limit else { return nil }
        last += 1
        slots[last] = Slot(owner: waiter.owner, account: waiter.account, madeAt: now, phase: .opening)
        return .open(last)
    }

    /// The borrower does not wait any more.
    ///
    /// - Returns: false where the ticket was granted or refused already.
    mutating func withdraw(_ ticket: Ticket) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return false }
        waiters.remove(at: index)
        return true
    }

    // MARK: What came of it

    mutating func opened(_ id: ID) {
        slots[id]?.phase = .lent
    }

    /// It could not be opened, or was lost.
    mutating func lost(_ id: ID, now: Duration) -> [Action] {
        guard slots.removeValue(forKey: id) != nil else { return [] }
        return serve(now: now)
    }

    /// The borrower needs it no more.
    mutating func giveBack(_ id: ID, isUsable: Bool, now: Duration) -> [Action] {
        guard let slot = slots[id] else { return isUsable ? [.end(id)] : [.abandon(id)] }
        let isOutdated = accounts[slot.owner] != slot.account || now - slot.madeAt >= limits.age
        guard isUsable, !isOutdated, !isShutDown else {
            slots[id] = nil
            return [isUsable ? .end(id) : .abandon(id)] + serve(now: now)
        }
        slots[id]?.phase = .idle(since: now, heardOf: now)
        return serve(now: now)
    }

    private mutating func serve(now: Duration) -> [Action] {
        var actions: [Action] = []
        var rest: [Waiter] = []
        for waiter in waiters {
            if let loan = loan(for: waiter, now: now) {
                actions.append(.grant(waiter.ticket, loan))
            } else {
                rest.append(waiter)
            }
        }
        waiters = rest
        return actions
    }

    // MARK: Time

    /// What is due for sessions that nobody has.
    mutating func tend(now: Duration) -> [Action] {
        var actions: [Action] = []
        for (id, slot) in slots.sorted(by: { $0.key < $1.key }) {
            guard case .idle(let since, let heardOf) = slot.phase else { continue }
            if now - since >= limits.idle || now - slot.madeAt >= limits.age {
                slots[id] = nil
                actions.append(.end(id))
            } else if now - heardOf >= limits.silence {
                slots[id]?.phase = .tended(since: since)
                actions.append(.keepAlive(id))
            }
        }
        return actions
    }

    /// The third party was let hear of us.
    mutating func tended(_ id: ID, isAlive: Bool, now: Duration) -> [Action] {
        guard let slot = slots[id], case .tended(let since) = slot.phase else {
            return isAlive ? [.end(id)] : [.abandon(id)]
        }
        guard isAlive else {
            slots[id] = nil
            return [.abandon(id)] + serve(now: now)
        }
        guard !isShutDown, accounts[slot.owner] == slot.account else {
            slots[id] = nil
            return [.end(id)] + serve(now: now)
        }
        slots[id]?.phase = .idle(since: since, heardOf: now)
        return serve(now: now)
    }

    /// Lends nothing more. What is lent is ended when it comes back.
    mutating func shutDown() -> [Action] {
        isShutDown = true
        let refused = waiters.map { Action.refuse($0.ticket) }
        waiters = []
        let idle = slots.filter { if case .idle = $0.value.phase { true } else { false } }.keys.sorted()
        for id in idle { slots[id] = nil }
        return refused + idle.map { .end($0) }
    }
}
