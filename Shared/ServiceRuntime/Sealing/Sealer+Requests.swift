package import Models

extension Sealer {
    /// Seals a text that travels in a field of a request or a reply, so that it opens in that field alone.
    package func seal(_ text: String, for type: String, _ field: String) throws(SealingError) -> String {
        try seal(.string(text), context: "\(type)/\(field)")
    }

    /// Opens what was sealed for a field.
    ///
    /// - Throws: `RequestFailure` (`invalid`) where it does not open: who sent it has not the gateway's key.
    package func open(_ text: String, for type: String, _ field: String) throws(RequestFailure) -> String {
        do throws(SealingError) {
            guard let opened = try open(text, context: "\(type)/\(field)").stringValue else {
                throw SealingError(.malformed, "it is no text")
            }
            return opened
        } catch {
            throw RequestFailure(.invalid, "The field \(field) cannot be opened: \(error.message).")
        }
    }
}
