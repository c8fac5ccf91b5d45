import Hummingbird
import HummingbirdCore
import Logging
import Models
import ServiceRuntime

/// Hands an action to the orchestrator, and waits for its end where the caller wants to.
struct ActionSubmission: Sendable {
    let upstream: Upstream
    let products: ProductDirectory
    let waiters: ActionWaiters
    let view: ActionView
    let sealer: Sealer
    let slots: SubmissionSlots
    let logger: Logger
    let now: @Sendable () -> ContinuousClock.Instant

    /// - Returns: 200 with the action where it has ended, otherwise 202 with what it is now.
    func answer(_ call: Call) async throws -> Response {
        let product: ContractProductID = try call.id()
        let client = try call.onlyClient
        let entry = try await products.entry(product, client: client, trace: call.trace)
        let request = try ActionRequest(call, product: product, category: entry.category)
        let id = ActionID.make()
        let parameters = try request.function.parameters.mapSecrets(in: request.parameters) { value, path in
            .string(try sealer.seal(value, context: "\(id)/parameters/\(path)"))
        }
        // By a plain hash of the request weak secrets in it could be guessed.
        let fingerprint =
            parameters == request.parameters
            ? request.fingerprint
            : try sealer.seal(.string(request.fingerprint), context: "\(id)/fingerprint")
        let message = SubmitAction(
            id: id, contractProductID: product, clientID: client, function: request.function.name,
            parameters: parameters, runAt: request.runAt, idempotencyKey: request.idempotencyKey,
            fingerprint: fingerprint, requestedBy: try call.actor, audience: try call.audience)
        return try await answer(message, call)
    }

    /// Has a product compared with its provider: an ordinary action of the function that reads it.
    ///
    /// - Throws: 409 where its category has no such function.
    func check(_ call: Call) async throws -> Response {
        let product: ContractProductID = try call.id()
        let entry = try await products.entry(product, client: try call.onlyClient, trace: call.trace)
        guard let function = Blueprints.named(entry.category)?.checkFunction else {
            throw Problem(
                .conflict, "No function of \(entry.category) reads what a product is at its provider.")
        }
        let message = SubmitAction(
            id: .make(), contractProductID: product, function: function.name, parameters: [:],
            fingerprint: "check", check: call.body["adopt"] == true ? .adopt : .compare,
            requestedBy: try call.actor, audience: try call.audience)
        return try await answer(message, call)
    }

    private func answer(_ message: SubmitAction, _ call: Call) async throws -> Response {
        let seconds = call.query["wait"]?.integerValue ?? 0
        let action = try await submit(message, of: try call.principal, wait: seconds, trace: call.trace)
        var response = Response.json(
            try view.shown(action.json, to: call.audience), status: action.hasEnded ? .ok : .accepted)
        response.headers[.location] = "/v1/actions/\(action.id)"
        return response
    }

    private func submit(
        _ message: SubmitAction, of caller: Principal, wait seconds: Int, trace: TraceContext
    ) async throws -> RawAction {
        let start = now()
        let deadline = start.advanced(by: .seconds(seconds))
        var ticket = seconds > 0 ? waiters.register(message.id, now: start, until: deadline) : nil
        defer { if let ticket { waiters.cancel(ticket) } }
        let action = try await accepted(message, of: caller, trace: trace)
        CrashPoint.beforeAnswer.reach([action.id.rawValue])
        guard let first = ticket, !action.hasEnded else { return action }
        // A repeat under an idempotency key gives the action of the first request.
        if action.id != message.id {
            waiters.cancel(first)
            ticket = waiters.register(action.id, now: start, until: deadline)
        }
        guard let ticket else { return action }
        return await end(of: action, ticket, isNew: action.id == message.id, trace: trace)
    }

    private func accepted(
        _ message: SubmitAction, of caller: Principal, trace: TraceContext
    ) async throws -> RawAction {
        try slots.take(for: caller)
        defer { slots.give(for: caller) }
        let reply: RawJSON
        do throws(RequestFailure) {
            reply = try await upstream.ask(message, trace: trace)
        } catch {
            guard error.kind == .unavailable else { throw error }
            let advice =
                message.idempotencyKey == nil
                ? "The action may have been accepted: look at GET /v1/actions before you repeat it, and send an "
                    + "Idempotency-Key next time."
                : "Repeat it with the same Idempotency-Key; it will not run twice."
            throw Problem(.unavailable, "\(error.message) \(advice)")
        }
        guard let action = reply["action"].flatMap({ RawAction($0) }) else {
            throw RequestFailure(.internal, "The accepted action could not be read.")
        }
        return action
    }

    /// Waits for the end; gives what is known where it does not come in time.
    private func end(
        of action: RawAction, _ ticket: ActionWaiters.Ticket, isNew: Bool, trace: TraceContext
    ) async -> RawAction {
        var latest = action
        if !isNew { latest = await shown(latest, trace: trace) }
        while !latest.hasEnded {
            switch await waiters.wait(ticket) {
            case .ended(let action): return action
            case .interrupted: latest = await shown(latest, trace: trace)
            case .expired: return await shown(latest, trace: trace)
            case .stopping: return latest
            }
        }
        return latest
    }

    /// The action as it is now; as it was last known where the orchestrator does not say.
    private func shown(_ action: RawAction, trace: TraceContext) async -> RawAction {
        do {
            return RawAction(try await upstream.ask(ShowAction(id: action.id), trace: trace)) ?? action
        } catch {
            logger.warning(
                "Could not ask for an action that was waited for",
                metadata: [LogKey.actionID: "\(action.id)", LogKey.error: "\(error)"])
            return action
        }
    }
}
