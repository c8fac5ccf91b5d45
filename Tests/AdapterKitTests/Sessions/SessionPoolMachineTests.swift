@testable import AdapterKit
import Testing

@Suite("Who has which session")
struct SessionPoolMachineTests {
    private typealias Machine = SessionPoolMachine<String>

    private static func machine() -> Machine { Machine(limits: SessionPool.Limits()) }

    /// Borrows and opens a session for an owner with the account `a`.
    private static func open(_ machine: inout Machine, at now: Duration = .zero) throws -> Machine.ID {
        guard case .lent(.open(let id)) = machine.borrow("o", account: "a", limit: 2, now: now).answer else {
            throw CancellationError()
        }
        machine.opened(id)
        return id
    }

    @Test("What comes back is lent again, the one used last first")
    func reuse() throws {
        var machine = Self.machine()
        let first = try Self.open(&machine)
        let second = try Self.open(&machine)
        #expect(machine.giveBack(first, isUsable: true, now: .seconds(1)) == [])
        #expect(machine.giveBack(second, isUsable: true, now: .seconds(2)) == [])
        let again = machine.borrow("o", account: "a", limit: 2, now: .seconds(3))
        #expect(again.answer == .lent(.use(second)) && again.actions.isEmpty)
    }

    @Test("Above the limit one waits, and gets what comes free in its turn")
    func limit() throws {
        var machine = Self.machine()
        let first = try Self.open(&machine)
        let second = try Self.open(&machine)
        guard case .wait(let one) = machine.borrow("o", account: "a", limit: 2, now: .zero).answer,
            case .wait(let two) = machine.borrow("o", account: "a", limit: 2, now: .zero).answer
        else { throw CancellationError() }
        guard case .lent(.open) = machine.borrow("other", account: "a", limit: 2, now: .zero).answer else {
            Issue.record("another configuration waits for it")
            return
        }
        #expect(machine.giveBack(second, isUsable: true, now: .zero) == [.grant(one, .use(second))])
        let actions = machine.giveBack(first, isUsable: false, now: .zero)
        guard case .grant(two, .open(let new)) = actions.last, actions.first == .abandon(first) else {
            Issue.record("\(actions)")
            return
        }
        #expect(machine.lost(new, now: .zero) == [])
    }

    @Test("Who gives up waiting gets nothing")
    func withdrawal() throws {
        var machine = Self.machine()
        let first = try Self.open(&machine)
        _ = try Self.open(&machine)
        guard case .wait(let ticket) = machine.borrow("o", account: "a", limit: 2, now: .zero).answer else {
            throw CancellationError()
        }
        #expect(machine.withdraw(ticket) == true)
        #expect(machine.withdraw(ticket) == false)
        #expect(machine.giveBack(first, isUsable: true, now: .zero) == [])
    }

    @Test("When an opening fails, the next one may try")
    func failedOpening() throws {
        var machine = Self.machine()
        guard case .lent(.open(let id)) = machine.borrow("o", account: "a", limit: 1, now: .zero).answer,
            case .wait(let ticket) = machine.borrow("o", account: "a", limit: 1, now: .zero).answer
        else { throw CancellationError() }
        guard case .grant(ticket, .open) = machine.lost(id, now: .zero).first else {
            Issue.record("nobody was served")
            return
        }
    }

    @Test("With a new account the old sessions are ended: idle ones at once, lent ones when they come back")
    func changedAccount() throws {
        var machine = Self.machine()
        let lent = try Self.open(&machine)
        let idle = try Self.open(&machine)
        _ = machine.giveBack(idle, isUsable: true, now: .zero)
        let changed = machine.borrow("o", account: "b", limit: 2, now: .zero)
        #expect(changed.actions == [.end(idle)])
        guard case .lent(.open) = changed.answer else {
            Issue.record("\(changed.answer)")
            return
        }
        #expect(machine.giveBack(lent, isUsable: true, now: .zero).first == .end(lent))
    }

    @Test("Silent sessions are kept alive, unused and old ones ended")
    func time() throws {
        var machine = Self.machine()
        let id = try Self.open(&machine)
        _ = machine.giveBack(id, isUsable: true, now: .zero)
        #expect(machine.tend(now: .seconds(119)) == [])
        #expect(machine.tend(now: .seconds(120)) == [.keepAlive(id)])
        #expect(machine.tend(now: .seconds(121)) == [])
        #expect(machine.tended(id, isAlive: true, now: .seconds(121)) == [])
        #expect(machine.tend(now: .seconds(240)) == [])
        #expect(machine.tend(now: .seconds(241)) == [.keepAlive(id)])
        _ = machine.tended(id, isAlive: true, now: .seconds(241))
        #expect(machine.tend(now: .seconds(600)) == [.end(id)])

        let old = try Self.open(&machine, at: .seconds(600))
        #expect(machine.giveBack(old, isUsable: true, now: .seconds(600 + 43_200)) == [.end(old)])
    }

    @Test("A session that gives no sign of life is forgotten, and its place given to who waits")
    func silence() throws {
        var machine = Self.machine()
        let id = try Self.open(&machine)
        let other = try Self.open(&machine)
        _ = machine.giveBack(id, isUsable: true, now: .zero)
        #expect(machine.tend(now: .seconds(120)) == [.keepAlive(id)])
        guard case .wait(let ticket) = machine.borrow("o", account: "a", limit: 2, now: .seconds(121)).answer
        else { throw CancellationError() }
        let actions = machine.tended(id, isAlive: false, now: .seconds(125))
        guard actions.first == .abandon(id), case .grant(ticket, .open) = actions.last else {
            Issue.record("\(actions)")
            return
        }
        #expect(machine.giveBack(other, isUsable: true, now: .seconds(126)) == [])
    }

    @Test("At the end nothing is lent, who waits is refused, and what comes back is ended")
    func shutDown() throws {
        var machine = Self.machine()
        let lent = try Self.open(&machine)
        let idle = try Self.open(&machine)
        guard case .wait(let ticket) = machine.borrow("o", account: "a", limit: 2, now: .zero).answer else {
            throw CancellationError()
        }
        _ = machine.withdraw(ticket)
        _ = machine.giveBack(idle, isUsable: true, now: .zero)
        #expect(machine.shutDown() == [.end(idle)])
        #expect(machine.borrow("o", account: "a", limit: 2, now: .zero).answer == .refused)
        #expect(machine.giveBack(lent, isUsable: true, now: .zero) == [.end(lent)])
    }
}
