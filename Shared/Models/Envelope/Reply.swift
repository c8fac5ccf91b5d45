/// What a request came to: its reply, or why not.
package enum Reply<Value: Codable & Sendable>: MessagePayload {
    case success(Value)
    case failure(RequestFailure)

    package static var messageType: String { "reply.v1" }

    private enum CodingKeys: String, CodingKey {
        case value, failure
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let failure = try container.decodeIfPresent(RequestFailure.self, forKey: .failure) {
            self = .failure(failure)
        } else {
            self = .success(try container.decode(Value.self, forKey: .value))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .success(let value): try container.encode(value, forKey: .value)
        case .failure(let failure): try container.encode(failure, forKey: .failure)
        }
    }

    /// The value.
    ///
    /// - Throws: the failure.
    package func get() throws(RequestFailure) -> Value {
        switch self {
        case .success(let value): return value
        case .failure(let failure): throw failure
        }
    }
}

/// Why a request was not carried out. It maps to an HTTP status in one place, in the gateway.
package struct RequestFailure: Error, Codable, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// A field is missing or wrong; `problems` says which. (422)
        case invalid
        /// No token, or one that is not good. (401)
        case unauthenticated
        /// Known, and not allowed. (403)
        case forbidden
        /// Not there, or another client's. (404)
        case notFound
        /// Not possible in the present state. (409)
        case conflict
        /// Another body under an idempotency key that was used before. (422)
        case keyReused
        /// Too much at once. (429)
        case tooMany
        /// A part that is needed does not answer. (503)
        case unavailable
        /// A defect. (500)
        case `internal`
    }

    package var kind: Kind
    /// Says what to do; safe to show.
    package var message: String
    package var problems: [FieldProblem]

    package init(_ kind: Kind, _ message: String, problems: [FieldProblem] = []) {
        self.kind = kind
        self.message = message
        self.problems = problems
    }

    package var description: String { "\(kind.rawValue): \(message)" }
}
