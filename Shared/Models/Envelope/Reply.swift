/// What a request came to: its reply, or why not.
package enum Reply<Value: JSONConvertible & Sendable>: MessagePayload {
    case success(Value)
    case failure(RequestFailure)

    package static var messageType: String { "reply.v1" }

    package init(json value: JSONValue) throws(JSONShapeError) {
        let members = try JSONMembers(value)
        if let failure: RequestFailure = try members.optional("failure") {
            self = .failure(failure)
        } else {
            self = .success(try members.required("value"))
        }
    }

    package func write(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        switch self {
        case .success(let value): value.writeMember(#""value":"#, to: &bytes)
        case .failure(let failure): failure.writeMember(#""failure":"#, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
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
package struct RequestFailure: Error, JSONConvertible, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, JSONConvertible, Sendable, CaseIterable {
        /// A field is missing or wrong; `problems` says which. (422)
        case invalid
        /// No token, or one that is not good. (401)
        case unauthenticated
        /// A code of the second factor is needed beside the password. (401)
        case codeRequired
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
    /// When to come again, where that is known.
    package var retryAfterSeconds: Int?

    package init(
        _ kind: Kind, _ message: String, problems: [FieldProblem] = [], retryAfterSeconds: Int? = nil
    ) {
        self.kind = kind
        self.message = message
        self.problems = problems
        self.retryAfterSeconds = retryAfterSeconds
    }

    package var description: String { "\(kind.rawValue): \(message)" }

    package init(json value: JSONValue) throws(JSONShapeError) {
        let members = try JSONMembers(value)
        kind = try members.required("kind")
        message = try members.required("message")
        problems = try members.required("problems")
        retryAfterSeconds = try members.optional("retry_after_seconds")
    }

    package func write(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        kind.writeMember(#""kind":"#, to: &bytes)
        message.writeMember(#""message":"#, to: &bytes)
        problems.writeMember(#""problems":"#, to: &bytes)
        retryAfterSeconds.writeMember(#""retry_after_seconds":"#, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }
}
