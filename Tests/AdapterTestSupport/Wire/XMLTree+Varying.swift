extension RequestMeaning {
    /// Whether another request means the same but for texts of its XML that vary, as a password made at random.
    func isXML(like request: RequestMeaning, varying texts: [String]) -> Bool {
        guard case .xml(let recorded) = content, case .xml(let ours) = request.content else { return false }
        var request = request
        request.content = content
        return self == request && recorded.fits(ours, varying: texts)
    }
}

extension XMLTree {
    /// Whether another tree is the same but for texts that vary: where one of them is in a recorded text, any
    /// text that is not empty will do.
    func fits(_ other: XMLTree, varying texts: [String]) -> Bool {
        guard name == other.name, attributes == other.attributes, children.count == other.children.count
        else { return false }
        let varies = texts.contains { text.contains($0) } && !other.text.isEmpty
        return (text == other.text || varies)
            && zip(children, other.children).allSatisfy { $0.fits($1, varying: texts) }
    }
}
