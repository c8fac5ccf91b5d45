import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging

extension Router<GatewayContext> {
    /// The methods that a path may be asked with; others are as unknown as a path that is not there.
    private static var methods: [HTTPRequest.Method] {
        [.get, .post, .put, .patch, .delete, .options, .trace]
            + [HTTPRequest.Method("QUERY")].compactMap(\.self)
    }

    /// A router of these routes. A path that has other methods than the one asked for answers 405.
    static func make(
        routes: [HTTPRoute], gatekeeper: Gatekeeper, pageErrors: PageErrors, logger: Logger
    ) -> Router {
        let router = Router(context: GatewayContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(
            middleware: AnswerMiddleware(
                metrics: RequestMetrics(), reach: gatekeeper.reach, pageErrors: pageErrors, logger: logger))
        var allowed: [String: [HTTPRequest.Method]] = [:]
        for route in routes {
            allowed[route.path, default: []].append(route.method)
            router.on(
                RouterPath(route.path), method: route.method,
                responder: RouteResponder(route: route, gatekeeper: gatekeeper))
        }
        for (path, known) in allowed {
            let known = known.contains(.get) ? known + [.head] : known
            for method in methods + [.head] where !known.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    var problem = Problem(.methodNotAllowed, "\(method) is not possible here.")
                    problem.allowed = known
                    throw problem
                }
            }
        }
        return router
    }
}
