import Crypto
import Foundation
import HTTPTypes
import HummingbirdCore
import Models

/// What someone asks to be run on a product, checked as far as the gateway can: what a product brings itself is only
/// known to the orchestrator.
struct ActionRequest: Sendable {
    static let fields = [
        FieldDefinition(
            name: "function", type: .string, isRequired: true, rules: [.max(64)],
            help: "Name of the function to run"),
        FieldDefinition(
            name: "parameters", type: .object,
            help: "Its parameters by name; those not given come from the product, the client and the defaults"
        ),
        FieldDefinition(name: "run_at", type: .string, help: "Not before this time", reference: "Timestamp"),
    ]

    static let waitParameter = FieldDefinition(
        name: "wait", type: .integer, rules: [.min(0), .max(Limits.waitSeconds)],
        help: "How many seconds to wait for the action's end before answering", defaultValue: 0)

    static let idempotencyKeyHeader = FieldDefinition(
        name: "Idempotency-Key", type: .string,
        rules: [.min(1), .max(Limits.idempotencyKeyBytes), .regex("/^[!-~]+$/")],
        help: "A repeat with the same key and body gives the action of the first, and runs nothing")

    let function: FunctionDefinition
    let parameters: [String: JSONValue]
    let runAt: Timestamp?
    let idempotencyKey: String?
    let fingerprint: String

    /// - Throws: 422 with the fields that are wrong, 403 for a function that is not the caller's to run.
    init(_ call: Call, product: ContractProductID, category: String) throws {
        let name = call.body["function"]?.stringValue ?? ""
        guard let (function, judged) = Self.functions[category]?[name] else {
            let known = Blueprints.named(category)?.functions.map(\.name).joined(separator: ", ") ?? "none"
            throw Problem.invalid("/function", "is not known; known for \(category) are \(known)")
        }
        try Self.checkRights(of: call.principal, to: function)
        let parameters = call.body["parameters"]?.objectValue ?? [:]
        let problems = judged.problems(in: parameters, at: "/parameters")
        if !problems.isEmpty { throw Problem.invalid(problems) }
        self.function = function
        self.parameters = parameters
        runAt = call.body["run_at"]?.stringValue.flatMap { Timestamp($0) }
        idempotencyKey = try Self.idempotencyKey(call.request.headers[.idempotencyKey])
        fingerprint = Self.fingerprint(of: call.body, product: product)
    }

    /// By category and name: every function, and its parameters as they are judged here.
    private static let functions: [String: [String: (FunctionDefinition, [FieldDefinition])]] = Dictionary(
        uniqueKeysWithValues: Blueprints.all.map { blueprint in
            let functions = blueprint.functions.map { ($0.name, ($0, $0.parameters.judgedAsGiven)) }
            return (blueprint.category, Dictionary(uniqueKeysWithValues: functions))
        })

    /// The one place that decides who may run what: a client what is open to clients, and staff what cannot be undone only
    /// where that is permitted to them.
    static func checkRights(of caller: Principal, to function: FunctionDefinition) throws(Problem) {
        switch caller.role {
        case .client:
            guard function.audience == .client else {
                throw Problem(
                    .forbidden, "\(function.title) is not open to clients. Ask whoever runs this service.")
            }
        case .admin, .staff:
            guard function.effect != .irreversible || caller.may(.runDangerous) else {
                throw .missing(.runDangerous)
            }
        }
    }

    private static func idempotencyKey(_ header: String?) throws -> String? {
        guard let header else { return nil }
        guard (1...Limits.idempotencyKeyBytes).contains(header.utf8.count),
            header.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Problem.invalid(
                "/header/Idempotency-Key",
                "must have 1 to \(Limits.idempotencyKeyBytes) visible ASCII characters and no spaces")
        }
        return header
    }

    /// Tells a repeat from another request: SHA-256 over the product and the body with sorted members.
    private static func fingerprint(of body: [String: JSONValue], product: ContractProductID) -> String {
        var bytes = Array(product.rawValue.utf8)
        bytes.append(UInt8(ascii: "\n"))
        JSONValue.object(body).write(to: &bytes)
        return Hexadecimal.text(of: SHA256.hash(data: bytes))
    }
}

extension [FieldDefinition] {
    /// The fields with none of them required, for judging what was given.
    var judgedAsGiven: [FieldDefinition] {
        map { field in
            var field = field
            field.isRequired = false
            field.rules.removeAll { rule in
                switch rule {
                case .requiredIf, .requiredWithout, .requiredWithoutAll, .present: true
                default: false
                }
            }
            return field
        }
    }
}
