import Models

/// The functions that a provider supports, by name, with their types erased: parameters and results are JSON
/// objects.
package struct FunctionTable<P: Provider>: Sendable {
    var entries: [(name: String, function: any ErasedFunction<P>)] = []

    package init() {}

    /// Adds a function where the provider has it.
    package mutating func add<In, Out>(_ name: String, _ function: ProviderFunction<P, In, Out>?) {
        guard let function else { return }
        entries.append((name, TypedFunction(function: function)))
    }

    /// The contract with what is supported filled in; what it says of functions stays with them.
    func descriptor() -> ProviderDescriptor {
        var descriptor = P.contract
        let told = Dictionary(P.contract.functions.map { ($0.name, $0) }) { first, _ in first }
        descriptor.functions = entries.map { entry in
            SupportedFunction(
                name: entry.name, isObservable: entry.function.isObservable, note: told[entry.name]?.note,
                unobservable: told[entry.name]?.unobservable)
        }
        return descriptor
    }
}

/// A function with its types erased.
protocol ErasedFunction<P>: Sendable {
    associatedtype P: Provider
    var isObservable: Bool { get }
    func bind(_ provider: P, parameters: [String: JSONValue]) throws(ProviderError) -> any BoundFunction
}

/// A function with the provider and the parameters that it is to be called with.
protocol BoundFunction: Sendable {
    var isObservable: Bool { get }
    func run() async throws(ProviderError) -> ProviderAnswer<[String: JSONValue]>
    func poll(reference: String) async throws(ProviderError) -> ProviderAnswer<[String: JSONValue]>
    func observe() async throws(ProviderError) -> Observation<[String: JSONValue]>
}

private struct TypedFunction<P: Provider, In: Decodable & Sendable, Out: Encodable & Sendable>: ErasedFunction
{
    let function: ProviderFunction<P, In, Out>

    var isObservable: Bool { function.observe != nil }

    func bind(_ provider: P, parameters: [String: JSONValue]) throws(ProviderError) -> any BoundFunction {
        do {
            let input = try JSONValueDecoder.decode(In.self, from: .object(parameters))
            return TypedCall(function: function, provider: provider, input: input)
        } catch {
            throw ProviderError(.invalidInput, details: ["problem": .string(JSONValueDecoder.reason(error))])
        }
    }
}

private struct TypedCall<P: Provider, In: Decodable & Sendable, Out: Encodable & Sendable>: BoundFunction {
    let function: ProviderFunction<P, In, Out>
    let provider: P
    let input: In

    var isObservable: Bool { function.observe != nil }

    func run() async throws(ProviderError) -> ProviderAnswer<[String: JSONValue]> {
        switch function.body {
        case .plain(let run): return try Self.erase(.done(try await run(provider)(input)))
        case .deferring(let run, _): return try Self.erase(try await run(provider)(input))
        }
    }

    func poll(reference: String) async throws(ProviderError) -> ProviderAnswer<[String: JSONValue]> {
        switch function.body {
        case .plain:
            throw ProviderError(.internal, details: ["problem": "this function is never deferred"])
        case .deferring(_, let poll): return try Self.erase(try await poll(provider)(input, reference))
        }
    }

    func observe() async throws(ProviderError) -> Observation<[String: JSONValue]> {
        guard let observe = function.observe else { return .unknown }
        switch try await observe(provider)(input) {
        case .done(let value): return .done(try Self.object(value))
        case .notDone: return .notDone
        case .unknown: return .unknown
        }
    }

    private static func erase(
        _ answer: ProviderAnswer<Out>
    ) throws(ProviderError) -> ProviderAnswer<[String: JSONValue]> {
        switch answer {
        case .done(let value): return .done(try object(value))
        case .deferred(let reference, let pollAfter):
            return .deferred(reference: reference, pollAfter: pollAfter)
        }
    }

    /// The result as a JSON object. That it is one follows from the blueprint; a number that is not finite
    /// would be the provider code's defect, and by then the function was carried out.
    private static func object(_ value: Out) throws(ProviderError) -> [String: JSONValue] {
        do {
            return try JSONValueEncoder.encode(value).objectValue ?? [:]
        } catch {
            throw ProviderError(
                .internal, details: ["problem": "the result could not be encoded"], mayHaveTakenEffect: true)
        }
    }
}
