import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import NIOCore

extension Response {
    static let jsonContent = "application/json"
    static let problemContent = "application/problem+json"

    /// A JSON value.
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        json(bytes: ByteBuffer(bytes: value.text), status: status)
    }

    /// JSON text as another service wrote it.
    static func json(_ raw: RawJSON, status: HTTPResponse.Status = .ok) -> Response {
        json(bytes: ByteBuffer(bytes: raw.bytes), status: status)
    }

    private static func json(bytes: ByteBuffer, status: HTTPResponse.Status) -> Response {
        Response(status: status, headers: [.contentType: jsonContent], body: .init(byteBuffer: bytes))
    }

    /// A problem document, with the headers that its status asks for.
    static func problem(_ problem: Problem) -> Response {
        var headers: HTTPFields = [.contentType: problemContent]
        switch problem.kind {
        case .unauthenticated: headers[.wwwAuthenticate] = "Bearer"
        case .tooMany, .unavailable:
            headers[.retryAfter] = String(problem.retryAfterSeconds ?? Limits.retryAfterSeconds)
        case .methodNotAllowed:
            headers[.allow] = problem.allowed.map(\.rawValue).sorted().joined(separator: ", ")
        default: break
        }
        return Response(
            status: problem.kind.status, headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: problem.document.text)))
    }

    /// The response with what every answer carries.
    ///
    /// - Parameter isSecure: whether the browser speaks TLS; it then never speaks anything else with this host, for a year.
    mutating func addCommonHeaders(requestID: String, isSecure: Bool) {
        headers[.xContentTypeOptions] = "nosniff"
        headers[.requestID] = requestID
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        if headers[.contentSecurityPolicy] == nil {
            headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        }
        if isSecure { headers[.strictTransportSecurity] = "max-age=31536000" }
        headers[.referrerPolicy] = "no-referrer"
    }
}

extension HTTPField.Name {
    static let requestID = constant("X-Request-ID")
    static let referrerPolicy = constant("Referrer-Policy")
    static let traceparent = constant("traceparent")
    static let idempotencyKey = constant("Idempotency-Key")
    static let lastEventID = constant("Last-Event-ID")

    /// A name that is written in the code.
    static func constant(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return field
    }
}
