import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import Models
import NIOCore
import ServiceRuntime

/// Lets requests in: who asks, how often, and whether they may. This is the one place that decides it for every route.
struct Gatekeeper: Sendable {
    let authenticator: Authenticator
    let rates: RequestRates
    let reach: Reach
    let logger: Logger

    /// - Returns: who asks; nil for routes that are open to all.
    /// - Throws: 401, 403 or 429.
    func admit(
        _ request: Request, to route: HTTPRoute, from channel: any Channel, trace: TraceContext
    ) async throws -> Caller? {
        let address = reach.address(of: request, channel)
        guard route.access != .none else {
            if !route.isProbe { try rates.take(address: address) }
            return nil
        }
        let caller: Caller
        do {
            caller = try await authenticator.caller(headers: request.headers, trace: trace) {
                try rates.check(address: address)
            }
        } catch let problem as Problem where problem.kind == .unauthenticated {
            try rates.take(address: address)
            throw problem
        }
        try rates.take(caller.principal)
        if let refusal = refusal(of: caller.principal, to: route) {
            logger.security(.permissionRefused, metadata(caller.principal, route, address))
            throw refusal
        }
        return caller
    }

    /// Whether someone who was let in would be still, with the same rights; asked of streams, which stay open for long. Where
    /// nobody can tell they stay.
    func stillAdmits(_ caller: Principal, by headers: HTTPFields, trace: TraceContext) async -> Bool {
        do {
            return try await authenticator.caller(headers: headers, trace: trace, isUse: false).principal
                == caller
        } catch let problem as Problem {
            return problem.kind != .unauthenticated
        } catch {
            return true
        }
    }

    private func refusal(of caller: Principal, to route: HTTPRoute) -> Problem? {
        if let refusal = route.access.refusal(of: caller) { return refusal }
        guard caller.isViewing, !route.isOpenToViewers, !RequestOrigin.isSafe(route.method) else {
            return nil
        }
        return Problem(.forbidden, "Nothing can be changed while you view as a client. End that first.")
    }

    private func metadata(
        _ caller: Principal, _ route: HTTPRoute, _ address: ClientAddress
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            LogKey.httpMethod: "\(route.method)", LogKey.httpPath: "\(route.path)",
            LogKey.address: "\(address)",
        ]
        metadata[LogKey.permission] = route.access.permission.map { "\($0.rawValue)" }
        metadata[LogKey.tokenID] = caller.tokenID.map { "\($0)" }
        metadata[LogKey.userID] = caller.userID.map { "\($0)" }
        return metadata
    }
}
