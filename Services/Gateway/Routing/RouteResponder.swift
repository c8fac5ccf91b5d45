import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

/// Carries out one route: who asks, what is asked, is all of it valid, and only then the handler.
struct RouteResponder: HTTPResponder {
    let route: HTTPRoute
    let authenticator: Authenticator

    func respond(to request: Request, context: GatewayContext) async throws -> Response {
        let trace = context.trace ?? .make()
        var caller: Principal?
        if route.access != .none {
            let principal = try await authenticator.principal(of: request, trace: trace)
            guard route.access.allows(principal.role) else {
                throw Problem(.forbidden, "Only an administrator may do this.")
            }
            caller = principal
        }
        let query = try QueryReader.values(request.uri.query, parameters: route.query)
        var body: [String: JSONValue] = [:]
        if let expected = route.body {
            body = try await BodyReader.object(of: request, isOptional: expected.isOptional)
            let problems = expected.fields.problems(in: body)
            if !problems.isEmpty { throw Problem.invalid(problems) }
        }
        let call = Call(
            request: request, caller: caller, path: context.parameters, query: query, body: body,
            trace: trace,
            channel: context.channel)
        do {
            return try await route.handler(call)
        } catch var failure as RequestFailure where route.body == nil {
            // Fields that the query brought are at other places here than in the request over the bus.
            for index in failure.problems.indices {
                failure.problems[index].pointer.insert(
                    contentsOf: "/query", at: failure.problems[index].pointer.startIndex)
            }
            throw failure
        }
    }
}
