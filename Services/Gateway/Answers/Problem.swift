import HTTPTypes
import Models

/// An answer that says what went wrong (RFC 9457, `application/problem+json`).
struct Problem: Error, Sendable, Equatable {
    /// What can go wrong, each with its status.
    enum Kind: String, Sendable, CaseIterable {
        case notJSON = "not-json"
        case unauthenticated
        case codeRequired = "code-required"
        case forbidden
        case notOurPage = "not-our-page"
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case conflict
        case bodyTooLarge = "body-too-large"
        case addressTooLong = "address-too-long"
        case notOneHost = "not-one-host"
        case notJSONContent = "content-type"
        case invalidFields = "invalid-fields"
        case keyReused = "idempotency-key-reused"
        case tooMany = "too-many"
        case `internal`
        case unavailable

        var status: HTTPResponse.Status {
            switch self {
            case .notJSON, .notOneHost: .badRequest
            case .unauthenticated, .codeRequired: .unauthorized
            case .forbidden, .notOurPage: .forbidden
            case .notFound: .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .conflict: .conflict
            case .bodyTooLarge: .contentTooLarge
            case .addressTooLong: .init(code: 414, reasonPhrase: "URI Too Long")
            case .notJSONContent: .unsupportedMediaType
            case .invalidFields, .keyReused: .unprocessableContent
            case .tooMany: .tooManyRequests
            case .internal: .internalServerError
            case .unavailable: .serviceUnavailable
            }
        }

        var title: String {
            switch self {
            case .notJSON: "The body is not JSON"
            case .unauthenticated: "A valid token is needed"
            case .codeRequired: "A code of the authenticator app is needed"
            case .forbidden: "This is not allowed to you"
            case .notOurPage: "The request does not come from a page of this service"
            case .notFound: "There is no such thing"
            case .methodNotAllowed: "The method does not fit the path"
            case .conflict: "This is not possible in the present state"
            case .bodyTooLarge: "The body is too large"
            case .addressTooLong: "The address is too long"
            case .notOneHost: "The request does not name one host"
            case .notJSONContent: "The content type must be application/json"
            case .invalidFields: "Some fields are not valid"
            case .keyReused: "The idempotency key was used for another request"
            case .tooMany: "Too much at once"
            case .internal: "Something went wrong in Purser"
            case .unavailable: "A part of Purser does not answer"
            }
        }
    }

    let kind: Kind
    /// What happened and what to do, for this occurrence.
    var detail: String
    /// What is wrong with which field.
    var errors: [FieldProblem]
    /// The methods that the path has, where the method does not fit.
    var allowed: [HTTPRequest.Method] = []
    /// When to come again, where that is known better than `Limits.retryAfterSeconds`.
    var retryAfterSeconds: Int?

    init(_ kind: Kind, _ detail: String, errors: [FieldProblem] = []) {
        self.kind = kind
        self.detail = detail
        self.errors = errors
    }

    /// Fields that are not valid.
    static func invalid(_ errors: [FieldProblem]) -> Problem {
        let detail =
            errors.count == 1
            ? "\(errors[0].pointer.isEmpty ? "The body" : errors[0].pointer) \(errors[0].detail)."
            : "\(errors.count) fields are not valid."
        return Problem(.invalidFields, detail, errors: errors)
    }

    /// One field that is not valid.
    static func invalid(_ pointer: String, _ detail: String) -> Problem {
        invalid([FieldProblem(pointer: pointer, detail: detail)])
    }

    /// Nothing of that name, or another client's.
    static let notFound = Problem(.notFound, "There is nothing at this address, or it is not yours.")

    static let `internal` = Problem(
        .internal, "The request could not be carried out. The log says why, under the request's id.")

    /// The document, without the members that have nothing to say.
    var document: JSONValue {
        var members: [String: JSONValue] = [
            "type": .string("urn:purser:problem:\(kind.rawValue)"), "title": .string(kind.title),
            "status": .integer(kind.status.code), "detail": .string(detail),
        ]
        if !errors.isEmpty {
            members["errors"] = .array(
                errors.map { ["pointer": .string($0.pointer), "detail": .string($0.detail)] })
        }
        return .object(members)
    }
}
