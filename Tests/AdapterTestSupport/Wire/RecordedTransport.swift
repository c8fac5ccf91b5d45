import AdapterKit
import Models
import Synchronization

/// Answers requests from a recording, in any order.
final class RecordedTransport: HTTPTransport {
    private struct State {
        /// How often each exchange was asked for.
        var uses: [Int]
        var lastChange = -1
        var problems: [String] = []
    }

    private let exchanges: [WireExchange]
    private let rules: WireRules
    private let state: Mutex<State>
    private let secrets: [String]

    /// - Parameter secrets: none of them may be in an address, unless the rules allow it.
    init(_ exchanges: [WireExchange], rules: WireRules, secrets: [String]) {
        self.exchanges = exchanges
        self.rules = rules
        self.secrets = secrets
        state = Mutex(State(uses: Array(repeating: 0, count: exchanges.count)))
    }

    func send(_ request: HTTPRequest) async throws(ProviderError) -> HTTPResponse {
        let meaning = RequestMeaning(request)
        switch state.withLock({ answer(meaning, request, &$0) }) {
        case .response(var response):
            response.answersChange = request.isChanging
            return response
        case .failure(let text): throw Self.error(text, isChanging: request.isChanging)
        case nil: throw ProviderError(.internal, details: ["problem": "not recorded"])
        }
    }

    private func answer(
        _ meaning: RequestMeaning, _ request: HTTPRequest, _ state: inout State
    ) -> WireExchange.Answer? {
        if rules.secretsInAddress == nil, secrets.contains(where: { request.url.contains($0) }) {
            state.problems.append("a secret is in the address: \(meaning.path)")
        }
        let isRead = rules.isRead(meaning)
        if request.isChanging == isRead {
            state.problems.append(
                "\(meaning) \(isRead ? "is a read" : "may change something"), but is sent as the other")
        }
        let matching = exchanges.indices.filter { exchanges[$0].fits(meaning) }
        guard let first = matching.first else {
            state.problems.append("not recorded: \(meaning)")
            return nil
        }
        let unused = matching.filter { state.uses[$0] == 0 }
        // After a change the reads that were recorded after it fit better; reads may be fewer.
        let index = unused.first { $0 > state.lastChange } ?? unused.first ?? matching.last ?? first
        state.uses[index] += 1
        if !isRead {
            state.lastChange = index
            if state.uses[index] > 1 { state.problems.append("sent twice: \(meaning)") }
        }
        return exchanges[index].answer
    }

    /// What is wrong: requests that are not recorded, and changing ones that were not made.
    var problems: [String] {
        state.withLock { state in
            state.problems
                + exchanges.indices.filter { state.uses[$0] == 0 && !rules.isRead(exchanges[$0].meaning) }
                .map { "never sent: \(exchanges[$0].meaning)" }
        }
    }

    /// The recordings name libcurl's errors.
    private static func error(_ text: String, isChanging: Bool) -> ProviderError {
        // Libcurl's words for a connection that did not come about in time; an answer's are others.
        let isConnecting = text.contains("Connection timed out")
        if !isConnecting, text.contains("error 28") || text.contains("timed out") {
            return ProviderError(.timedOut, mayHaveTakenEffect: isChanging)
        }
        let isBeforeSending =
            isConnecting
            || ["error 6:", "error 7:", "error 35:", "error 60:"].contains {
                text.contains($0)
            }
        return ProviderError(.providerUnavailable, mayHaveTakenEffect: isChanging && !isBeforeSending)
    }
}
