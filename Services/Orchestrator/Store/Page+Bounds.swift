package import Models

extension Page {
    /// How many items a page has at most.
    package static let largestLimit = 200

    var boundedLimit: Int { min(max(limit, 1), Self.largestLimit) }

    /// The cursor of a listing whose cursors are numbers; nil where it begins with the newest.
    ///
    /// - Throws: `RequestFailure` (`invalid`) where it is none that was given out.
    var number: Int64? {
        get throws {
            guard let cursor else { return nil }
            guard let number = Int64(cursor) else {
                let problem = FieldProblem(
                    pointer: "/cursor", detail: "give the next_cursor of the page before")
                throw RequestFailure(
                    .invalid, "The cursor is none that was given out.", problems: [problem])
            }
            return number
        }
    }
}
