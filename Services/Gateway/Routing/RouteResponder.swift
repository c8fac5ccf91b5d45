import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

/// Carries out one route: who asks, what is asked, is all of it valid, and only then the handler.
struct RouteResponder: HTTPResponder {
    let route: HTTPRoute
    let gatekeeper: Gatekeeper

    func respond(to request: Request, context: GatewayContext) async throws -> Response {
        let trace = context.trace ?? .make()
        let caller = try await gatekeeper.admit(request, to: route, from: context.channel, trace: trace)
        let query = try QueryReader.values(request.uri.query, parameters: route.query)
        let form = try await form(of: request, session: caller?.session)
        let body = route.isPage ? [:] : try await body(of: request, session: caller?.session)
        var call = Call(
            request: request, caller: caller?.principal, session: caller?.session, path: context.parameters,
            query: query, body: body, form: form, trace: trace, channel: context.channel)
        if let principal = caller?.principal {
            call.isStillAdmitted = { [headers = request.headers] in
                await gatekeeper.stillAdmits(principal, by: headers, trace: trace)
            }
        }
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

    /// What a page's form brought, and whether it is one of our pages.
    private func form(of request: Request, session: SessionSecret?) async throws -> SentForm {
        guard route.isPage, !RequestOrigin.isSafe(route.method) else { return SentForm() }
        try RequestOrigin.checkSite(of: request.headers)
        let form = try await SentForm.read(request)
        if let session { try RequestOrigin.checkToken(form[RequestOrigin.formField], of: session) }
        return form
    }

    /// The body where one is read, and whether the request comes from a page of ours where a browser sent it.
    private func body(of request: Request, session: SessionSecret?) async throws -> [String: JSONValue] {
        // A bearer token is nothing that a browser sends by itself.
        let isBrowsers =
            !Authenticator.namesBearer(request.headers[.authorization])
            && !RequestOrigin.isSafe(route.method)
        if isBrowsers { try RequestOrigin.checkSite(of: request.headers) }
        let takesForm = route.body?.takesForm ?? false
        var token = request.headers[.csrfToken]
        if isBrowsers, let session, token != nil || !takesForm {
            try RequestOrigin.checkToken(token, of: session)
        }
        guard let expected = route.body else { return [:] }
        var body = try await BodyReader.object(of: request, expected)
        if takesForm {
            // What a form brings is looked at before it is judged.
            token = token ?? body.removeValue(forKey: RequestOrigin.formField)?.stringValue
            if isBrowsers, let session { try RequestOrigin.checkToken(token, of: session) }
        }
        let problems = expected.fields.problems(in: body)
        if !problems.isEmpty { throw Problem.invalid(problems) }
        return body
    }
}
