package import Models

/// Why a provider did not do what was asked. Every API call of a provider throws this and nothing else.
package struct ProviderError: Error, Sendable, Equatable, CustomStringConvertible {
    package typealias Kind = ErrorKind

    package var kind: Kind
    /// One sentence fit for a customer: says neither the provider's name nor anything of its insides.
    package var message: String
    /// Facts for staff, such as the provider's own code and text. Known secrets are removed before they
    /// leave.
    package var details: [String: JSONValue]
    /// When the provider wants to be asked again, where it said so.
    package var retryAfter: Duration?
    /// Whether the provider may have carried out the request all the same, as when the connection was lost
    /// after the request had left. False only where it is known that nothing happened.
    package var mayHaveTakenEffect: Bool

    /// - Parameter message: the kind's usual sentence where none is given.
    package init(
        _ kind: Kind, _ message: String? = nil, details: [String: JSONValue] = [:],
        retryAfter: Duration? = nil,
        mayHaveTakenEffect: Bool = false
    ) {
        self.kind = kind
        self.message = message ?? kind.customerMessage
        self.details = details
        self.retryAfter = retryAfter
        self.mayHaveTakenEffect = mayHaveTakenEffect
    }

    /// Whether the same call may succeed later.
    package var isRetriable: Bool {
        switch kind {
        case .rateLimited, .providerUnavailable, .timedOut: true
        case .invalidInput, .notFound, .alreadyExists, .unauthorized, .rejected, .unsupported, .internal:
            false
        }
    }

    /// The same error with a further fact for staff.
    package func adding(_ key: String, _ value: JSONValue) -> ProviderError {
        var error = self
        error.details[key] = value
        return error
    }

    package var description: String { "\(kind.rawValue): \(message)" }
}

extension ErrorKind {
    /// What a customer is told where a provider's code says nothing better.
    package var customerMessage: String {
        switch self {
        case .invalidInput: "Some of what was given is not valid."
        case .notFound: "This does not exist."
        case .alreadyExists: "This exists already."
        case .unauthorized: "The service did not accept our sign-in. Staff have to look at it."
        case .rateLimited: "The service is busy."
        case .providerUnavailable: "The service is not available at the moment."
        case .timedOut: "The service did not answer in time."
        case .rejected: "The service refused this."
        case .unsupported: "This cannot be done with this product."
        case .internal: "Something went wrong on our side."
        }
    }
}
