package import Models

extension HTTPResponse {
    /// The longest wait that is taken from a `Retry-After`: a day, in seconds.
    package static let longestRetryAfterSeconds = 86_400

    /// The answer, where its status says success.
    ///
    /// - Throws: by status: 401, 403 `unauthorized`; 404, 410 `notFound`; 408 `timedOut`; 409
    ///   `alreadyExists`; 429 `rateLimited`; other 4xx `rejected`; 3xx and 5xx `providerUnavailable`. Only
    ///   408 and 5xx can have taken effect.
    package func successful() throws(ProviderError) -> HTTPResponse {
        guard let kind = errorKind else { return self }
        throw ProviderError(
            kind, details: ["status": .integer(status)], retryAfter: retryAfter,
            mayHaveTakenEffect: answersChange && (status == 408 || status >= 500))
    }

    /// What the status alone says; nil where it says success.
    package var errorKind: ErrorKind? {
        switch status {
        case 200..<300: nil
        case 401, 403: .unauthorized
        case 404, 410: .notFound
        case 408: .timedOut
        case 409: .alreadyExists
        case 429: .rateLimited
        case 400..<500: .rejected
        default: .providerUnavailable
        }
    }

    /// How long the third party wants to be left alone; nil where it does not say, or says it as a date.
    ///
    /// - SeeAlso: RFC 9110, section 10.2.3.
    package var retryAfter: Duration? {
        guard status == 429 || status == 503, let text = header("retry-after"),
            let seconds = Int(text.trimmingPrefix { $0 == " " }), seconds >= 0
        else { return nil }
        return .seconds(min(seconds, Self.longestRetryAfterSeconds))
    }
}
