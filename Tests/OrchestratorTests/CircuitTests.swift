import Models
import Testing

@testable import Orchestrator

/// The whole table: every state meets every event, and whatever is not listed changes nothing.
struct CircuitTests {
    private static let now = Timestamp(milliseconds: 1_000_000)
    private static let until = now.advanced(by: .seconds(5))

    /// Every kind of event. The probe below is action 7.
    private static let events: [String: Circuit.Event] = [
        "dispatched": .dispatched(9), "answered": .answered, "reset": .reset,
        "failed": .failed(9, reason: "r", at: now), "lost": .lost(9, at: now),
        "probe failed": .failed(7, reason: "r", at: now), "probe lost": .lost(7, at: now),
    ]

    private static let states: [String: Circuit] = [
        "closed": Circuit(failures: 2, reason: "before"),
        "about to open": Circuit(failures: Circuit.failureLimit - 1, reason: "before"),
        "open": Circuit(state: .open(until: until), openings: 1, reason: "before"),
        "probing": Circuit(state: .probing(7), openings: 1, reason: "before"),
    ]

    private static let table: [String: [String: Circuit]] = [
        "closed": [
            "answered": Circuit(), "reset": Circuit(), "failed": Circuit(failures: 3, reason: "r"),
            "probe failed": Circuit(failures: 3, reason: "r"),
        ],
        "about to open": [
            "answered": Circuit(), "reset": Circuit(),
            "failed": Circuit(state: .open(until: now.advanced(by: .seconds(30))), openings: 1, reason: "r"),
            "probe failed": Circuit(
                state: .open(until: now.advanced(by: .seconds(30))), openings: 1, reason: "r"),
        ],
        "open": [
            "answered": Circuit(), "reset": Circuit(),
            "dispatched": Circuit(state: .probing(9), openings: 1, reason: "before"),
        ],
        "probing": [
            "answered": Circuit(), "reset": Circuit(),
            "probe failed": Circuit(
                state: .open(until: now.advanced(by: .seconds(60))), openings: 2, reason: "r"),
            "probe lost": Circuit(state: .open(until: now), openings: 1, reason: "before"),
        ],
    ]

    @Test(arguments: ["closed", "about to open", "open", "probing"])
    func `Every event in a state leads where the table says`(name: String) throws {
        let before = try #require(Self.states[name])
        let expected = try #require(Self.table[name])
        for (event, value) in Self.events {
            var circuit = before
            circuit.handle(value)
            #expect(circuit == expected[event] ?? before, "\(name) on \(event)")
        }
    }

    @Test func `Pauses double from 30 s to 10 min, and begin again once it was closed`() throws {
        var circuit = Circuit()
        for _ in 0..<Circuit.failureLimit { circuit.handle(.failed(1, reason: "r", at: Self.now)) }
        var pauses: [Int64] = []
        for probe in Int64(1)...8 {
            let until = try #require(circuit.until)
            pauses.append((until.milliseconds - Self.now.milliseconds) / 1000)
            circuit.handle(.dispatched(probe))
            circuit.handle(.failed(probe, reason: "r", at: Self.now))
        }
        #expect(pauses == [30, 60, 120, 240, 480, 600, 600, 600])
        circuit.handle(.answered)
        for _ in 0..<Circuit.failureLimit { circuit.handle(.failed(1, reason: "r", at: Self.now)) }
        #expect(circuit.until == Self.now.advanced(by: Circuit.firstPause))
    }

    @Test func `An open one lets an action through after its pause, and a person's retry before`() {
        let open = Circuit(state: .open(until: Self.until), openings: 1)
        let before = Self.until.advanced(by: .milliseconds(-1))
        for (circuit, byPerson, time, admits) in [
            (Circuit(failures: 4), false, before, true), (open, false, before, false),
            (open, true, before, true), (open, false, Self.until, true),
            (Circuit(state: .probing(7)), false, Self.until, false),
            (Circuit(state: .probing(7)), true, Self.until, false),
        ] {
            #expect(circuit.admits(byPerson: byPerson, now: time) == admits, "\(circuit.state) \(byPerson)")
        }
    }

    @Test func `Only what the provider left unanswered counts, and only what it answered closes`() {
        for outcome in [AttemptOutcome.succeeded, .failed, .deferred, .unsure, .expired] {
            for kind in [ErrorKind?.none] + ErrorKind.allCases {
                let event = Circuit.Event(
                    ActionOutcome(
                        actionID: .make(), attempt: 1, outcome: outcome,
                        error: kind.map { ActionError(kind: $0, message: "m") }, observed: false,
                        begunAt: Self.now, endedAt: Self.now), of: 9, now: Self.now)
                #expect(event == Self.expected(outcome, kind), "\(outcome) \(String(describing: kind))")
            }
        }
    }

    private static func expected(_ outcome: AttemptOutcome, _ kind: ErrorKind?) -> Circuit.Event {
        let isUnanswered = kind == .providerUnavailable || kind == .timedOut
        return switch outcome {
        case .succeeded, .deferred: .answered
        case .expired: .lost(9, at: now)
        case .unsure:
            isUnanswered ? .failed(9, reason: "\(kind?.rawValue ?? ""): m", at: now) : .lost(9, at: now)
        case .failed:
            switch kind {
            case .providerUnavailable, .timedOut: .failed(9, reason: "\(kind?.rawValue ?? ""): m", at: now)
            case .internal, .unsupported, .invalidInput, nil: .lost(9, at: now)
            case .notFound, .alreadyExists, .unauthorized, .rateLimited, .rejected: .answered
            }
        }
    }
}

/// What holds an action back, for every circuit, load and place.
struct HoldTests {
    private let now = Timestamp(milliseconds: 1_000_000)

    @Test func `An action is handed over where its circuit, the limit and those before it allow`() {
        let open = Circuit(state: .open(until: now.advanced(by: .seconds(1))))
        let over = Circuit(state: .open(until: now))
        let rows: [(Circuit, underWay: Int, isAwaited: Bool, isNext: Bool, byPerson: Bool, Hold?)] = [
            (Circuit(), 0, false, false, false, nil), (Circuit(), 7, false, false, false, nil),
            (Circuit(), 8, false, false, false, .busy), (Circuit(), 9, false, false, true, .busy),
            (Circuit(), 7, true, false, false, .busy), (Circuit(), 7, true, true, false, nil),
            (Circuit(), 8, true, true, false, .busy), (Circuit(), 7, true, false, true, .busy),
            (open, 0, false, false, false, .circuit), (open, 0, true, true, false, .circuit),
            (open, 8, true, false, true, nil), (over, 0, false, false, false, nil),
            (over, 0, true, false, false, .busy), (over, 0, true, true, false, nil),
            (Circuit(state: .probing(1)), 1, false, false, false, .circuit),
            (Circuit(state: .probing(1)), 1, false, true, true, .circuit),
        ]
        for (index, (circuit, underWay, isAwaited, isNext, byPerson, expected)) in rows.enumerated() {
            let hold = Hold(
                ConfigurationLoad(underWay: underWay, isAwaited: isAwaited), circuit: circuit, limit: 8,
                isNext: isNext, byPerson: byPerson, now: now)
            #expect(hold == expected, "row \(index)")
        }
    }
}
