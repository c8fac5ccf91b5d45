import Models
import ServiceRuntime

extension GatewayParts {
    /// Checks what a person says an action came to by its function's contract, and seals the secrets in it.
    func sealedResult(
        _ result: [String: JSONValue], of id: ActionID, trace: TraceContext
    ) async throws -> [String: JSONValue] {
        let members = try await upstream.ask(ShowAction(id: id), trace: trace).members([
            "category", "function",
        ])
        guard let category = members[0]?.string, let name = members[1]?.string,
            let function = Blueprints.named(category)?.function(name)
        else { throw Problem(.conflict, "The action's function is not known to this version.") }
        let problems = function.result.judgedAsGiven.problems(in: result, at: "/result")
        if !problems.isEmpty { throw Problem.invalid(problems) }
        return try function.result.mapSecrets(in: result) { value, path in
            .string(try sealer.seal(value, context: "\(id)/result/\(path)"))
        }
    }
}
