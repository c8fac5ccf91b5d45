import AdapterKit
import Models

/// Fields of a query or form whose values differ between two recordings, as a key made with a random prefix.
enum VaryingFields {
    /// The names of such fields in a recorded request.
    ///
    /// - Parameters:
    ///   - request: as recorded, with `query` and `body` as they were sent.
    ///   - volatile: the values that vary, by the pointer of the part that they are in.
    ///   - pointer: of the request.
    static func names(
        in request: JSONValue, volatile: [String: [String]], at pointer: String
    ) -> Set<String> {
        var names: Set<String> = []
        for part in ["query", "body"] {
            guard let values = volatile["\(pointer)/\(part)"].map(Set.init),
                let text = request[part]?.stringValue
            else { continue }
            for field in text.split(separator: "&") {
                let pair = field.split(separator: "=", maxSplits: 1).map(String.init)
                guard let name = pair.first, let value = pair.dropFirst().first else { continue }
                // A value that has signs in it may have been noted in the pieces between their encodings.
                if values.contains(value)
                    || values.isSuperset(of: value.split(separator: "%").map(String.init))
                {
                    names.insert(name)
                }
            }
        }
        return names
    }
}

extension RequestMeaning {
    /// The same request with the values of some fields left out.
    func hiding(_ names: Set<String>) -> RequestMeaning {
        guard !names.isEmpty else { return self }
        var request = self
        request.fields = fields.map { field in
            let name = field.prefix { $0 != "=" }
            return names.contains(String(name)) ? "\(name)=…" : field
        }.sorted()
        return request
    }
}
