import Models

extension Problem {
    /// What a failure of a request over the bus means over HTTP. This is the only place that maps one to the other.
    init(_ failure: RequestFailure) {
        let kind: Kind =
            switch failure.kind {
            case .invalid: .invalidFields
            case .unauthenticated: .unauthenticated
            case .codeRequired: .codeRequired
            case .forbidden: .forbidden
            case .notFound: .notFound
            case .conflict: .conflict
            case .keyReused: .keyReused
            case .tooMany: .tooMany
            case .unavailable: .unavailable
            case .internal: .internal
            }
        // What a defect says of itself is for the log.
        self.init(
            kind, kind == .internal ? Problem.internal.detail : failure.message, errors: failure.problems)
        retryAfterSeconds = failure.retryAfterSeconds
    }

    /// What any error means over HTTP.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let failure as RequestFailure: self.init(failure)
        case let error as JSONParsingError: self.init(.notJSON, error.message)
        case is CancellationError: self.init(.unavailable, "This gateway is stopping. Try again.")
        default: self = .internal
        }
    }
}
