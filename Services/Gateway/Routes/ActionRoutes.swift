import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

extension [HTTPRoute] {
    static func actions(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .post, path: "/v1/contract-products/{id}/actions", tag: "Actions",
                name: "submitAction",
                summary: "Runs a function on a contract product", access: .client(.run),
                query: [ActionRequest.waitParameter], headers: [ActionRequest.idempotencyKeyHeader],
                body: RouteBody(name: "NewAction", fields: ActionRequest.fields),
                answers: [
                    RouteAnswer(
                        status: .ok, help: "The action, which has ended", content: .structure("Action"),
                        headers: ["Location": "Where the action is"]),
                    RouteAnswer(
                        status: .accepted, help: "The action, which is durable and goes on by itself",
                        content: .structure("Action"), headers: ["Location": "Where the action is"]),
                ]
            ) { call in try await parts.submission.answer(call) },
            HTTPRoute(
                method: .get, path: "/v1/actions", tag: "Actions", name: "listActions",
                summary: "Actions, newest first, without their attempts", access: .client(.view),
                query: Query.actions + Query.page, answers: [.ok("ActionList")]
            ) { call in
                let request = ListActions(
                    clientID: try call.clientFilter,
                    contractProductID: call.query["contract_product_id"]?.stringValue.map {
                        ContractProductID(rawValue: $0)
                    },
                    state: call.query["state"]?.stringValue.flatMap { ActionState(rawValue: $0) },
                    function: call.query["function"]?.stringValue,
                    category: call.query["category"]?.stringValue,
                    provider: call.query["provider"]?.stringValue,
                    configurationID: call.query["configuration_id"]?.stringValue.map {
                        ConfigurationID(rawValue: $0)
                    },
                    attention: call.query["attention"]?.stringValue.flatMap { Attention(rawValue: $0) },
                    errorKind: call.query["error_kind"]?.stringValue.flatMap { ErrorKind(rawValue: $0) },
                    page: call.page)
                let list = try await parts.upstream.ask(request, trace: call.trace)
                return .json(try parts.view.listed(list, to: call.audience))
            },
            HTTPRoute(
                method: .get, path: "/v1/actions/{id}", tag: "Actions", name: "showAction",
                summary: "One action with its attempts, and why it waits", access: .client(.view),
                answers: [.ok("Action")]
            ) { call in
                let request = ShowAction(id: try call.id(), clientID: try call.onlyClient)
                let action = try await parts.upstream.ask(request, trace: call.trace)
                return .json(try parts.view.shown(action, to: call.audience))
            },
        ] + decisions.map { decision($0.0, $0.1, parts) }
    }

    private static var decisions: [(String, String)] {
        [
            ("cancel", "Cancels an action of which nothing was begun"),
            ("retry", "Runs an action that failed, or of which nobody knows whether it happened, once more"),
            ("adopt", "Declares an action done of which nobody knew whether it happened"),
            ("abandon", "Declares an action failed of which nobody knew whether it happened"),
        ]
    }

    private static func decision(_ name: String, _ summary: String, _ parts: GatewayParts) -> HTTPRoute {
        let result = FieldDefinition(
            name: "result", type: .object, help: "What the action came to, by name; written to the product")
        return HTTPRoute(
            method: .post, path: "/v1/actions/{id}/\(name)", tag: "Actions", name: "\(name)Action",
            summary: summary, access: .staff(.run),
            body: name == "adopt"
                ? RouteBody(name: "Adoption", fields: [result], isOptional: true) : .none(named: "NoContent"),
            answers: [.ok("Action", "The action as it is now")]
        ) { call in
            let id: ActionID = try call.id()
            if name == "retry" { try await parts.checkRetry(of: id, by: call.principal, trace: call.trace) }
            var request = DecideAction(id: id, decision: name, decidedBy: try call.actor)
            if let result = call.body["result"]?.objectValue {
                request.result = try await parts.sealedResult(result, of: id, trace: call.trace)
            }
            let action = try await parts.upstream.ask(request, trace: call.trace)
            return .json(try parts.view.shown(action, to: call.audience))
        }
    }
}

extension GatewayParts {
    /// Running an action once more is running its function.
    ///
    /// - Throws: 403 where it cannot be undone and the caller may not run such functions.
    fileprivate func checkRetry(of id: ActionID, by caller: Principal, trace: TraceContext) async throws {
        guard !caller.may(.runDangerous) else { return }
        let members = try await upstream.ask(ShowAction(id: id), trace: trace).members([
            "category", "function",
        ])
        guard let category = members[0]?.string, let name = members[1]?.string,
            let function = Blueprints.named(category)?.function(name)
        else { throw Problem.missing(.runDangerous) }
        try ActionRequest.checkRights(of: caller, to: function)
    }
}

extension Query {
    /// Filters of actions.
    static let actions = [
        clientID, productID,
        FieldDefinition(
            name: "state", type: .string, rules: [.in(ActionState.allCases.map(\.rawValue))],
            help: "Only in this state"),
        text("function", "Only of this function"), category, text("provider", "Only of this provider"),
        configurationID, attention,
        FieldDefinition(
            name: "error_kind", type: .string, rules: [.in(ErrorKind.allCases.map(\.rawValue))],
            help: "Only those that failed, or last failed, for this reason"),
    ]

    static let attention = FieldDefinition(
        name: "attention", type: .string, rules: [.in(Attention.allCases.map(\.rawValue))],
        help: "Only those that need a person for this reason")
}
