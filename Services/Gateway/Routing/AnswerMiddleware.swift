import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import Models
import ServiceRuntime

/// Around every request: gives it a trace, turns every error into a problem document or a page, adds the headers that all answers
/// carry, and counts.
struct AnswerMiddleware: RouterMiddleware {
    let metrics: RequestMetrics
    let reach: Reach
    let pageErrors: PageErrors
    let logger: Logger

    func handle(
        _ request: Request, context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        let trace =
            request.headers[.traceparent].flatMap { TraceContext(traceparent: $0) }?.child() ?? .make()
        context.trace = trace
        var response: Response
        do {
            guard request.head.path?.utf8.count ?? 0 <= Limits.uriBytes else {
                throw Problem(
                    .addressTooLong, "A path with its query may have \(Limits.uriBytes) bytes at most.")
            }
            try RequestHost.check(request.head)
            // A path that is no text in UTF-8 would be read as the first page's.
            guard request.head.path?.prefix(while: { $0 != "?" }).removingPercentEncoding != nil else {
                throw Problem.notFound
            }
            // The router would read two slashes as one: what stands before this would have judged another path.
            guard !request.uri.path.contains("//") else { throw Problem.notFound }
            response = try await next(request, context)
        } catch {
            let problem = problem(for: error, of: request, context, trace)
            response = pageErrors.response(for: problem, to: request) ?? .problem(problem)
        }
        response.addCommonHeaders(
            requestID: trace.traceID, isSecure: reach.isSecure(request, context.channel))
        let route = context.endpointPath ?? "none"
        metrics.record(
            method: request.method, route: route, status: response.status.code, duration: .now - start)
        logger.debug(
            "Answered a request",
            metadata: [
                LogKey.httpMethod: "\(request.method)", LogKey.httpPath: "\(route)",
                LogKey.httpStatus: "\(response.status.code)", LogKey.traceID: "\(trace.traceID)",
            ])
        return response
    }

    private func problem(
        for error: any Error, of request: Request, _ context: GatewayContext, _ trace: TraceContext
    ) -> Problem {
        if let error = error as? HTTPError, error.status == .notFound { return .notFound }
        let problem = Problem(error)
        if problem.kind == .internal {
            logger.error(
                "Could not carry out a request for a reason of its own",
                metadata: [
                    LogKey.httpMethod: "\(request.method)",
                    LogKey.httpPath: "\(context.endpointPath ?? "none")",
                    LogKey.error: "\(error)", LogKey.traceID: "\(trace.traceID)",
                ])
        }
        return problem
    }
}
