import AdapterKit
package import Models

/// One recording: what a function was given, what was sent and answered, and what came of it.
package struct WireCase: Sendable, CustomStringConvertible {
    package let category: String
    package let provider: String
    package let function: String
    /// The file's name without its ending, as in `create-success-owner`.
    package let name: String
    package let configuration: [String: JSONValue]
    package let parameters: [String: JSONValue]
    package let exchanges: [WireExchange]
    /// The exchanges of EPP, as they are recorded.
    private let recordedFrames: [JSONValue]
    package let expected: Expected
    /// Whether it is deferred first, as only a deviation says; where a result is told, it is what polling comes to.
    let isDeferred: Bool
    /// The parts of the result that differ between two recordings: pointers, and the values that vary within.
    package let volatile: [String: [String]]

    package enum Expected: Sendable, Equatable {
        case data(JSONValue)
        /// With the kind where the recording tells it.
        case error(kind: String?)
        /// The third party works on it; how it ends is not recorded.
        case deferred
    }

    package var description: String { "\(category)/\(provider)/\(name)" }

    /// Reads a recording; nil where the file is none.
    init?(name: String, _ file: JSONValue) {
        guard let category = file["category"]?.stringValue, let provider = file["provider"]?.stringValue,
            let function = file["function"]?.stringValue
        else { return nil }
        self.category = category
        self.provider = provider
        self.function = function == "unSuspend" ? "unsuspend" : function
        self.name = name
        configuration = file["configuration"]?.objectValue ?? [:]
        parameters = file["parameters"]?.objectValue ?? [:]
        recordedFrames = file["exchanges"]?.arrayValue ?? []
        isDeferred = file["deferred"]?.boolValue ?? false
        if let error = file["error"], error != .null {
            expected = .error(kind: error["kind"]?.stringValue)
        } else if isDeferred, file["result"] == nil {
            expected = .deferred
        } else {
            expected = .data(file["result"]?["data"] ?? .null)
        }
        let entries = (file["volatile"]?.arrayValue ?? []).compactMap { entry -> (String, [String])? in
            guard let pointer = entry["pointer"]?.stringValue else { return nil }
            return (pointer, entry["values"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        }
        let volatile = Dictionary(entries) { $0 + $1 }
        self.volatile = volatile
        exchanges = (file["exchanges"]?.arrayValue ?? []).enumerated().compactMap { index, exchange in
            WireExchange(exchange, volatile: volatile, at: "/exchanges/\(index)")
        }
    }

    /// The exchanges of EPP.
    ///
    /// - Parameter ignored: `parent/child` names of elements that are not compared.
    func frames(ignoring ignored: Set<String>) -> [WireFrame] {
        recordedFrames.enumerated().compactMap { index, exchange in
            WireFrame(
                exchange, varying: volatile["/exchanges/\(index)/request/body"] ?? [], ignored: ignored)
        }
    }
}

/// One recorded request and its answer.
package struct WireExchange: Sendable {
    let meaning: RequestMeaning
    let answer: Answer
    /// The names of fields whose values vary.
    let varying: Set<String>
    /// What varies in the body, as it is written there.
    private let varyingTexts: [String]

    enum Answer: Sendable {
        case response(HTTPResponse)
        /// No answer came; the text says why.
        case failure(String)
    }

    /// - Parameters:
    ///   - volatile: the values that vary, by pointer.
    ///   - pointer: of the exchange.
    init?(_ value: JSONValue, volatile: [String: [String]] = [:], at pointer: String = "") {
        guard let request = value["request"], let meaning = RequestMeaning(recorded: request) else {
            return nil
        }
        self.meaning = meaning
        varying = VaryingFields.names(in: request, volatile: volatile, at: "\(pointer)/request")
        varyingTexts = volatile["\(pointer)/request/body"] ?? []
        let response = value["response"] ?? value
        if let failure = response["connect_error"]?.stringValue ?? value["connect_error"]?.stringValue {
            answer = .failure(failure)
        } else {
            answer = .response(
                HTTPResponse(
                    status: response["status"]?.integerValue ?? 200,
                    headers: (response["headers"]?.objectValue ?? [:]).compactMap { name, value in
                        value.stringValue.map { HTTPRequest.Field(name, $0) }
                    }, body: .init((response["body"]?.stringValue ?? "").utf8)))
        }
    }

    /// Whether a request means what was recorded.
    func fits(_ request: RequestMeaning) -> Bool {
        meaning.hiding(varying) == request.hiding(varying)
            || (!varyingTexts.isEmpty
                && (meaning.isXML(like: request, varying: varyingTexts)
                    || meaning.isJSON(like: request, varying: varyingTexts)))
    }
}
