import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models

/// One route of the interface. The router, the OpenAPI document and the tests of access are all made from these.
struct HTTPRoute: Sendable {
    let method: HTTPRequest.Method
    /// As OpenAPI writes it, as in `/v1/clients/{id}`.
    let path: String
    /// Under which heading it is documented.
    let tag: String
    /// Unique among all routes, as in `createClient`.
    let name: String
    /// One line.
    let summary: String
    let access: Access
    /// Whether it may be used by someone who views as a client, though it changes something.
    var isOpenToViewers = false
    /// Whether monitoring asks it all the time, from where it likes.
    var isProbe = false
    /// Parameters of the query.
    var query: [FieldDefinition] = []
    /// Headers that mean something to this route.
    var headers: [FieldDefinition] = []
    /// Nil where no body is read.
    var body: RouteBody?
    /// Whether it is a page for people: its form is read as `Call.form`, and it is in no document.
    var isPage = false
    /// What comes back when all is well. Problems are documented from the rest.
    let answers: [RouteAnswer]
    /// Problems that do not follow from the rest.
    var furtherProblems: [Problem.Kind] = []
    let handler: @Sendable (Call) async throws -> Response

    /// The names in braces.
    var pathParameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }
}

/// The JSON object that a route takes.
struct RouteBody: Sendable {
    /// What the OpenAPI document calls it.
    let name: String
    let fields: [FieldDefinition]
    /// Whether the body may be left out.
    var isOptional = false
    /// Whether a page's form is taken as well (`application/x-www-form-urlencoded`): texts, whole numbers and truth values.
    var takesForm = false
}

/// An answer of a route that is no problem.
struct RouteAnswer: Sendable {
    /// What an answer's content is.
    enum Content: Sendable {
        /// A structure of the contracts, by name.
        case structure(String)
        /// JSON of a shape that is described by nothing but itself.
        case json(JSONValue)
        case eventStream
        case text
        /// No content.
        case nothing
    }

    let status: HTTPResponse.Status
    let help: String
    let content: Content
    var headers: [String: String] = [:]
}
