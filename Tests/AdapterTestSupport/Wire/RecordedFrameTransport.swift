import AdapterKit
import Foundation
import Models
import Synchronization

/// One recorded frame and its answer.
struct WireFrame: Sendable {
    enum Request: Sendable {
        /// Opens a connection to `host:port`; the answer is the greeting.
        case connect(String)
        case frame(FrameMeaning)
    }

    let request: Request
    /// Nil where no answer came.
    let answer: String?
    /// Values in the frame that differ from one run to the next.
    let varying: [String]

    /// - Returns: nil where the exchange is none of EPP's.
    init?(_ exchange: JSONValue, varying: [String], ignored: Set<String>) {
        guard let request = exchange["request"], request["method"] == "EPP" else { return nil }
        if let address = request["connect"]?.stringValue {
            self.request = .connect(address.lowercased())
        } else if let body = request["body"]?.stringValue,
            let meaning = FrameMeaning(Data(body.utf8), ignored: ignored)
        {
            self.request = .frame(meaning)
        } else {
            return nil
        }
        let failure = exchange["response"]?["connect_error"] ?? exchange["connect_error"]
        answer = failure?.stringValue == nil ? exchange["response"]?["body"]?.stringValue : nil
        self.varying = varying.filter { !$0.isEmpty }
    }

    var meaning: FrameMeaning? {
        if case .frame(let meaning) = request { meaning } else { nil }
    }
}

/// Answers frames of EPP from a recording, in any order.
final class RecordedFrameTransport: FrameTransport {
    private struct State {
        /// How often each frame was asked for.
        var uses: [Int]
        var lastChange = -1
        var bindings = FrameBindings()
        var problems: [String] = []
    }

    private let frames: [WireFrame]
    private let ignored: Set<String>
    private let state: Mutex<State>

    /// - Parameter ignored: `parent/child` names of elements that are not compared.
    init(_ frames: [WireFrame], ignored: Set<String>) {
        self.frames = frames
        self.ignored = ignored
        state = Mutex(State(uses: Array(repeating: 0, count: frames.count)))
    }

    func connect(to endpoint: FrameEndpoint) async throws(ProviderError) -> any FrameConnection {
        let address = "\(endpoint.host.lowercased()):\(endpoint.port)"
        let connections = frames.filter {
            if case .connect(address) = $0.request { true } else { false }
        }
        guard let connection = connections.first else {
            state.withLock { $0.problems.append("not recorded: a connection to \(address)") }
            throw ProviderError(.internal, details: ["problem": "not recorded"])
        }
        guard let greeting = connection.answer else {
            throw ProviderError(.providerUnavailable, details: ["problem": "No connection came about."])
        }
        return AnsweringFrameConnection(host: endpoint.host, greeting: Data(greeting.utf8)) {
            self.answer($0).map { Data($0.utf8) }
        }
    }

    /// The answer to a frame; nil where none came, or none is recorded.
    private func answer(_ frame: Data) -> String? {
        guard let sent = FrameMeaning(frame, ignored: ignored) else {
            state.withLock { $0.problems.append("a frame was no XML") }
            return nil
        }
        if sent.verb == "hello" { return frames.first?.answer }
        return state.withLock { state in
            guard let index = index(of: sent, in: &state) else {
                // Taking leave is not always recorded, and changes nothing.
                if sent.verb == "logout" { return Self.farewell.named(sent.transactionID) }
                state.problems.append("not recorded: \(sent)")
                return nil
            }
            state.uses[index] += 1
            if !sent.isRead {
                state.lastChange = index
                if state.uses[index] > 1 { state.problems.append("sent twice: \(sent)") }
            }
            return frames[index].answer.map { state.bindings.apply(to: $0).named(sent.transactionID) }
        }
    }

    /// The frame that says the same: after a change one that was recorded after it, as far as there is one that was not
    /// used yet.
    private func index(of sent: FrameMeaning, in state: inout State) -> Int? {
        func matches(_ index: Int) -> Bool {
            guard let recorded = frames[index].meaning else { return false }
            return state.bindings.match(sent.content, recorded.content, varying: frames[index].varying)
        }
        let unused = frames.indices.filter { state.uses[$0] == 0 }
        let later = unused.filter { $0 > state.lastChange }
        for group in [later, unused, frames.indices.reversed()] {
            for index in group where matches(index) { return index }
        }
        return nil
    }

    private static let farewell = """
        <epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response><result code="1500"><msg>Ending session</msg></result>\
        <trID><clTRID>none</clTRID><svTRID>none</svTRID></trID></response></epp>
        """

    /// What our values stand for, by the recorded ones.
    var bindings: [String: String] { state.withLock { $0.bindings.values } }

    /// What is wrong: frames that are not recorded, and changing ones that were not sent.
    var problems: [String] {
        state.withLock { state in
            state.problems
                + frames.indices.compactMap { index in
                    guard state.uses[index] == 0, let meaning = frames[index].meaning, !meaning.isRead else {
                        return nil
                    }
                    return "never sent: \(meaning)"
                }
        }
    }
}

extension String {
    /// A recorded answer as one to the command with this id, as far as it repeats one.
    func named(_ transactionID: String) -> String {
        guard let begin = range(of: "<clTRID>"), let end = range(of: "</clTRID>"),
            begin.upperBound < end.lowerBound
        else { return self }
        return replacingCharacters(in: begin.upperBound..<end.lowerBound, with: transactionID)
    }
}
