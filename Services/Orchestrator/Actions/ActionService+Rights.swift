import Models

extension ActionService {
    /// What was given. A client may give what the function says, and repeat what the product has anyway.
    ///
    /// - Throws: `RequestFailure` (`invalid`) where a client names something else than what is the client's own.
    func permittedParameters(
        _ request: SubmitAction, of function: FunctionDefinition, product: ProductRecord,
        in transaction: Transaction
    ) throws -> [String: JSONValue] {
        guard request.audience == .client else { return request.parameters }
        guard let client = try transaction.client(product.clientID) else {
            throw StoreError.damaged("products.client_id")
        }
        let own = ParameterSources(product: product, client: client).fill([:], for: function) { $1 }
        var given = request.parameters
        var problems: [FieldProblem] = []
        for (name, value) in request.parameters where !function.clientGives.contains(name) {
            // It is taken from the product when the action is handed over.
            given[name] = nil
            if value == .null || own[name] == value { continue }
            problems.append(
                FieldProblem(
                    pointer: "/parameters/\(name)", detail: "comes from the product; leave it out"))
        }
        guard problems.isEmpty else {
            throw RequestFailure(
                .invalid, "Some parameters are not a client's to give.",
                problems: problems.sorted { $0.pointer < $1.pointer })
        }
        return given
    }
}
