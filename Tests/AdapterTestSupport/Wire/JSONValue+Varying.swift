import Models

extension RequestMeaning {
    /// Whether another request means the same but for texts of its JSON that vary, as a name made at random.
    func isJSON(like request: RequestMeaning, varying texts: [String]) -> Bool {
        guard case .json(let recorded) = content, case .json(let ours) = request.content else { return false }
        var request = request
        request.content = content
        return self == request && recorded.fits(ours, varying: texts)
    }
}

extension JSONValue {
    /// Whether another value is the same but for texts that vary: where one of them is in a recorded text, any
    /// text that is not empty will do.
    func fits(_ other: JSONValue, varying texts: [String]) -> Bool {
        switch (self, other) {
        case (.object(let recorded), .object(let ours)):
            recorded.count == ours.count
                && recorded.allSatisfy { name, value in
                    ours[name].map { value.fits($0, varying: texts) } ?? false
                }
        case (.array(let recorded), .array(let ours)):
            recorded.count == ours.count && zip(recorded, ours).allSatisfy { $0.fits($1, varying: texts) }
        case (.string(let recorded), .string(let ours)):
            recorded == ours || (texts.contains { recorded.contains($0) } && !ours.isEmpty)
        default: self == other
        }
    }
}
