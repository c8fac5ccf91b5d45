import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models

/// Writes the OpenAPI 3.1 document from the route table and the contracts.
///
/// - SeeAlso: OpenAPI Specification 3.1.1.
enum OpenAPIWriter {
    static func document(routes: [HTTPRoute]) -> JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        for route in routes {
            paths[route.path, default: [:]][route.method.rawValue.lowercased()] = operation(route)
        }
        let named = bodySchemas(routes).merging(["Problem": problemSchema]) { _, last in last }
        let operations = JSONValue.object(paths.mapValues { .object($0) })
        let responses = JSONValue.object(
            Dictionary(uniqueKeysWithValues: documented.map { ($0.rawValue, problemResponse($0)) }))
        return [
            "openapi": "3.1.1", "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
            "info": [
                "title": "Purser", "version": .string(Documents.version),
                "description": "Runs provisioning actions on the products that a hosting business sells.",
            ],
            "paths": operations,
            "components": [
                "schemas": .object(reachable(from: [operations, responses], named: named)),
                "responses": responses,
                "securitySchemes": [
                    "token": ["type": "http", "scheme": "bearer"],
                    "session": [
                        "type": "apiKey", "in": "cookie", "name": .string(SessionCookie.name),
                        "description": "With X-CSRF-Token on every request that changes something",
                    ],
                ],
            ],
        ]
    }

    // MARK: Operations

    private static func operation(_ route: HTTPRoute) -> JSONValue {
        var operation: [String: JSONValue] = [
            "operationId": .string(route.name), "summary": .string(route.summary),
            "tags": [.string(route.tag)],
            "x-access": .string(route.access.text), "responses": .object(responses(route)),
            "security": route.access == .none ? [] : [["token": []], ["session": []]],
        ]
        operation["x-permission"] = route.access.permission.map { .string($0.rawValue) }
        let parameters =
            route.pathParameters.map(pathParameter)
            + route.query.map { parameter($0, in: "query") }
            + route.headers.map { parameter($0, in: "header") }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body = route.body, !body.fields.isEmpty {
            operation["requestBody"] = [
                "required": .bool(!body.isOptional),
                "content": [Response.jsonContent: ["schema": reference(body.name)]],
            ]
        }
        return .object(operation)
    }

    private static func pathParameter(_ name: String) -> JSONValue {
        ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string"]]
    }

    private static func parameter(_ field: FieldDefinition, in place: String) -> JSONValue {
        var bare = field
        bare.help = ""
        let schema = [bare].requestJSONSchema["properties"]?[field.name] ?? true
        var parameter: [String: JSONValue] = [
            "name": .string(field.name), "in": .string(place), "required": .bool(field.isRequired),
            "description": .string(field.help), "schema": schema,
        ]
        // One without a value counts as not given.
        if place == "query" { parameter["allowEmptyValue"] = true }
        return .object(parameter)
    }

    // MARK: Answers

    private static func responses(_ route: HTTPRoute) -> [String: JSONValue] {
        var responses: [String: JSONValue] = [:]
        for answer in route.answers { responses[String(answer.status.code)] = response(answer) }
        for kind in problems(of: route) where responses[String(kind.status.code)] == nil {
            responses[String(kind.status.code)] = ["$ref": .string("#/components/responses/\(kind.rawValue)")]
        }
        return responses
    }

    /// What can go wrong follows from what a route reads.
    private static func problems(of route: HTTPRoute) -> [Problem.Kind] {
        // Whatever reads no query refuses one.
        var kinds: [Problem.Kind] = [.invalidFields]
        if route.access != .none { kinds += [.unauthenticated, .unavailable] }
        if route.access != .none || !RequestOrigin.isSafe(route.method) { kinds.append(.forbidden) }
        if !route.isProbe { kinds.append(.tooMany) }
        // A client that filters by another client is told that there is none.
        let asksForClient = route.query.contains { $0.name == Query.clientID.name }
        if !route.pathParameters.isEmpty || asksForClient { kinds.append(.notFound) }
        if route.body != nil { kinds += [.notJSON, .bodyTooLarge, .notJSONContent, .conflict] }
        return kinds + route.furtherProblems
    }

    private static let documented: [Problem.Kind] = [
        .unauthenticated, .unavailable, .tooMany, .forbidden, .notFound, .invalidFields, .notJSON,
        .bodyTooLarge,
        .notJSONContent, .conflict,
    ]

    private static func response(_ answer: RouteAnswer) -> JSONValue {
        var response: [String: JSONValue] = ["description": .string(answer.help)]
        switch answer.content {
        case .structure(let name): response["content"] = [Response.jsonContent: ["schema": reference(name)]]
        case .json(let schema): response["content"] = [Response.jsonContent: ["schema": schema]]
        case .eventStream: response["content"] = ["text/event-stream": ["schema": ["type": "string"]]]
        case .text: response["content"] = ["text/plain": ["schema": ["type": "string"]]]
        case .nothing: break
        }
        if !answer.headers.isEmpty {
            response["headers"] = .object(
                answer.headers.mapValues { ["description": .string($0), "schema": ["type": "string"]] })
        }
        return .object(response)
    }

    private static func problemResponse(_ kind: Problem.Kind) -> JSONValue {
        var response: [String: JSONValue] = [
            "description": .string(kind.title),
            "content": [Response.problemContent: ["schema": reference("Problem")]],
        ]
        if kind == .unavailable || kind == .tooMany {
            response["headers"] = [
                "Retry-After": ["description": "Seconds to wait", "schema": ["type": "integer"]]
            ]
        }
        return .object(response)
    }

    // MARK: Schemas

    private static func reference(_ name: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(name)")]
    }

    private static func bodySchemas(_ routes: [HTTPRoute]) -> [String: JSONValue] {
        var schemas: [String: JSONValue] = [:]
        for case let body? in routes.map(\.body) where !body.fields.isEmpty {
            schemas[body.name] = body.fields.requestJSONSchema
        }
        return schemas
    }

    private static let problemSchema: JSONValue = [
        "type": "object", "description": "What went wrong (RFC 9457)",
        "required": ["type", "title", "status", "detail"],
        "properties": [
            "type": [
                "type": "string",
                "enum": .array(Problem.Kind.allCases.map { .string("urn:purser:problem:\($0.rawValue)") }),
            ],
            "title": ["type": "string"], "status": ["type": "integer"],
            "detail": ["type": "string", "description": "What happened and what to do"],
            "errors": ["type": "array", "items": ["$ref": "#/components/schemas/FieldProblem"]],
        ],
    ]

    /// The schemas that something refers to, and those that they refer to.
    private static func reachable(from roots: [JSONValue], named: [String: JSONValue]) -> [String: JSONValue]
    {
        let all = [EntitiesContract.catalogue, MessagesContract.catalogue, RequestsContract.catalogue]
            .componentSchemas.merging(named) { _, own in own }
        var found: [String: JSONValue] = [:]
        var open = roots.flatMap(\.schemaReferences)
        while let name = open.popLast() {
            guard found[name] == nil, let schema = all[name] else { continue }
            found[name] = schema
            open += schema.schemaReferences
        }
        return found
    }
}

extension JSONValue {
    /// The names of all schemas that are referred to within.
    var schemaReferences: [String] {
        let prefix = "#/components/schemas/"
        switch self {
        case .array(let elements): return elements.flatMap(\.schemaReferences)
        case .object(let members):
            return members.flatMap { name, value in
                if name == "$ref", let text = value.stringValue, text.hasPrefix(prefix) {
                    return [String(text.dropFirst(prefix.count))]
                }
                return value.schemaReferences
            }
        default: return []
        }
    }
}
