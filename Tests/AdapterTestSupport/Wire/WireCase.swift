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
    package let expected: Expected
    /// The parts of the result that differ between two recordings: pointers, and the values that vary within.
    package let volatile: [String: [String]]

    package enum Expected: Sendable, Equatable {
        case data(JSONValue)
        /// With the kind where the recording tells it.
        case error(kind: String?)
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
        exchanges = (file["exchanges"]?.arrayValue ?? []).compactMap(WireExchange.init)
        if let error = file["error"], error != .null {
            expected = .error(kind: error["kind"]?.stringValue)
        } else {
            expected = .data(file["result"]?["data"] ?? .null)
        }
        let entries = (file["volatile"]?.arrayValue ?? []).compactMap { entry -> (String, [String])? in
            guard let pointer = entry["pointer"]?.stringValue else { return nil }
            return (pointer, entry["values"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        }
        volatile = Dictionary(entries) { $0 + $1 }
    }
}

/// One recorded request and its answer.
package struct WireExchange: Sendable {
    let meaning: RequestMeaning
    let answer: Answer

    enum Answer: Sendable {
        case response(HTTPResponse)
        /// No answer came; the text says why.
        case failure(String)
    }

    init?(_ value: JSONValue) {
        guard let request = value["request"], let meaning = RequestMeaning(recorded: request) else {
            return nil
        }
        self.meaning = meaning
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
}
