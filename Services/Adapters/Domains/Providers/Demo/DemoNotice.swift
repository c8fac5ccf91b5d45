import AdapterKit
import Models

/// Something that the simulated registrar has to tell.
struct DemoNotice: Codable, Sendable {
    enum Kind: String, Codable {
        case transferIn = "transfer_in"
        case transferOut = "transfer_out"
        case renewed, deleted
    }

    /// Counted from 1.
    var number: Int
    var kind: Kind
    var message: String
    var domain: String
    var createdAt: Timestamp

    var notification: Domains.Notification {
        Domains.Notification(
            id: String(number), type: kind.rawValue, message: message, domains: [domain],
            createdAt: createdAt.plainText)
    }

    var notice: Notice {
        Notice(
            id: String(number), type: kind.rawValue, message: message, subjects: [domain],
            createdAt: createdAt)
    }
}

/// The notices that wait: each under a key of its own, and how many there were.
private struct DemoQueue: Codable {
    /// The number of the oldest that may still be there.
    var first = 1
    /// The number that the next one gets.
    var next = 1
    var waiting = 0
}

extension SimulatorTransaction {
    private func queue() throws -> DemoQueue { try value("notices") ?? DemoQueue() }

    func tell(_ kind: DemoNotice.Kind, _ message: String, of domain: String, at time: Timestamp) throws {
        var queue = try queue()
        let notice = DemoNotice(
            number: queue.next, kind: kind, message: message, domain: domain, createdAt: time)
        try set("notice/\(queue.next)", notice)
        queue.next += 1
        queue.waiting += 1
        try set("notices", queue)
    }

    /// The oldest notices, and how many wait in all.
    ///
    /// - Parameter time: only those written after it.
    func notices(upTo limit: Int, after time: Timestamp?) throws -> (notices: [DemoNotice], waiting: Int) {
        let queue = try queue()
        var found: [DemoNotice] = []
        for number in queue.first..<queue.next where found.count < limit {
            guard let notice: DemoNotice = try value("notice/\(number)") else { continue }
            if time.map({ notice.createdAt > $0 }) ?? true { found.append(notice) }
        }
        return (found, queue.waiting)
    }

    /// Forgets notices that have arrived.
    func acknowledge(_ notices: [DemoNotice]) throws {
        var queue = try queue()
        for notice in notices where try value("notice/\(notice.number)", as: DemoNotice.self) != nil {
            remove("notice/\(notice.number)")
            queue.waiting -= 1
        }
        while queue.first < queue.next, try value("notice/\(queue.first)", as: DemoNotice.self) == nil {
            queue.first += 1
        }
        try set("notices", queue)
    }
}
