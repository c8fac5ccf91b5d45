import ContractSchema
import Yams

extension ContractFile {
    static func blueprint(_ root: YAMLReader) throws -> ContractFile {
        let keys = try root.members(known: [
            "blueprint", "title", "help", "types", "functions", "business_events", "notices",
        ])
        var parser = FieldParser(structures: [:], enumerations: [:])
        let types = try structures(keys["types"], parser: &parser)
        var parameterTypes: [String: String] = [:]
        var resultTypes: [String: String] = [:]
        var functions: [FunctionDefinition] = []
        for (name, reader) in try required("functions", keys, root).members() {
            let function = try reader.members(known: functionKeys)
            let effect = try effect(name, function, reader)
            let parameters = try shape(
                function["parameters"], name: pascal(name) + "Parameters", parser: parser,
                names: &parameterTypes, function: name)
            let result = try shape(
                function["result"], name: pascal(name) + "Result", parser: parser, names: &resultTypes,
                function: name)
            functions.append(
                FunctionDefinition(
                    name: name, title: try required("title", function, reader).text(),
                    help: try required("help", function, reader).text(), effect: effect.effect,
                    audience: effect.audience, unobservable: effect.unobservable,
                    timeoutSeconds: try seconds("timeout_seconds", 1...600, name, function, reader) ?? 60,
                    statusAfter: try function["status_after"]?.text(),
                    statusWhileDeferred: try function["status_while_deferred"]?.text(),
                    writesBack: try function["writes_back"]?.boolean() ?? true,
                    keeps: try named("keeps", name, function["keeps"], of: parameters),
                    clientGives: try clientGives(name, function, effect.audience, parameters, reader),
                    resultKeptSeconds: try seconds(
                        "result_kept_seconds", 1...86_400, name, function, reader),
                    everySeconds: try seconds("every_seconds", 60...86_400, name, function, reader),
                    parameters: parameters, result: result))
        }
        let names = Set(functions.map(\.name))
        let definition = BlueprintDefinition(
            category: try required("blueprint", keys, root).text(),
            title: try required("title", keys, root).text(),
            help: try required("help", keys, root).text(), functions: functions,
            businessEvents: try businessEvents(keys["business_events"], functions: names),
            notices: try notices(keys["notices"], functions: names))
        return .blueprint(definition, types: types, parameterTypes: parameterTypes, resultTypes: resultTypes)
    }

    // MARK: Functions

    private static let functionKeys = [
        "title", "help", "effect", "audience", "unobservable", "timeout_seconds", "status_after",
        "status_while_deferred", "writes_back", "keeps", "client_gives", "result_kept_seconds",
        "every_seconds", "parameters", "result",
    ]

    private static func effect(
        _ name: String, _ function: [String: YAMLReader], _ reader: YAMLReader
    ) throws -> (
        effect: FunctionDefinition.Effect, audience: FunctionDefinition.Audience, unobservable: String?
    ) {
        guard
            let effect = FunctionDefinition.Effect(
                rawValue: try required("effect", function, reader).text()),
            let audience = FunctionDefinition.Audience(
                rawValue: try function["audience"]?.text() ?? "admin")
        else { throw reader.error("\(name): effect or audience is none that is known") }
        let unobservable = try function["unobservable"]?.text()
        if unobservable != nil, effect != .verifyFirst, effect != .irreversible {
            throw reader.error("\(name): unobservable is for verifyFirst and irreversible functions")
        }
        return (effect, audience, unobservable)
    }

    private static func seconds(
        _ key: String, _ range: ClosedRange<Int>, _ name: String, _ function: [String: YAMLReader],
        _ reader: YAMLReader
    ) throws -> Int? {
        guard let seconds = try function[key]?.integer() else { return nil }
        guard range.contains(seconds) else {
            throw reader.error("\(name): \(key) is \(range.lowerBound) to \(range.upperBound)")
        }
        return seconds
    }

    private static func clientGives(
        _ name: String, _ function: [String: YAMLReader], _ audience: FunctionDefinition.Audience,
        _ parameters: [FieldDefinition], _ reader: YAMLReader
    ) throws -> [String] {
        let given = try named("client_gives", name, function["client_gives"], of: parameters)
        guard given.isEmpty || audience == .client else {
            throw reader.error("\(name): client_gives is for functions whose audience is client")
        }
        return given
    }

    private static func named(
        _ key: String, _ function: String, _ reader: YAMLReader?, of parameters: [FieldDefinition]
    ) throws -> [String] {
        try reader?.list().map { item in
            let name = try item.text()
            guard parameters.contains(where: { $0.name == name }) else {
                throw item.error("\(function): \(key) \(name), which is none of its parameters")
            }
            return name
        } ?? []
    }

    /// The fields of parameters or a result: declared in place, or the name of a structure.
    private static func shape(
        _ reader: YAMLReader?, name: String, parser: FieldParser, names: inout [String: String],
        function: String
    ) throws -> [FieldDefinition] {
        guard let reader else { return [] }
        if reader.node.mapping != nil {
            names[function] = name
            return try parser.fields(reader)
        }
        let reference = try reader.text()
        guard let structure = parser.structures[reference] else {
            throw reader.error("there is no type \(reference)")
        }
        names[function] = reference
        return structure.fields
    }

    // MARK: Events and notices

    private static func businessEvents(
        _ reader: YAMLReader?, functions: Set<String>
    ) throws -> [BusinessEventDefinition] {
        let events = try reader?.members() ?? []
        let types = Set(events.map(\.name))
        return try events.map { type, reader in
            if reader.node.mapping == nil {
                return BusinessEventDefinition(type: type, function: try known(reader, among: functions))
            }
            let keys = try reader.members(known: [
                "run", "run_where_given", "only_where_status", "undoes", "sets_package", "not_done",
            ])
            guard (keys["run"] == nil) != (keys["not_done"] == nil) else {
                throw reader.error("\(type): give one of run and not_done")
            }
            let undone = try keys["undoes"]?.list() ?? []
            if let stranger = try undone.first(where: { !types.contains(try $0.text()) }) {
                throw stranger.error("\(type): there is no event \(try stranger.text()) here")
            }
            let alternatives = try keys["run_where_given"]?.members() ?? []
            return BusinessEventDefinition(
                type: type, function: try keys["run"].map { try known($0, among: functions) },
                functionsWhereGiven: try alternatives.reduce(into: [:]) {
                    $0[$1.name] = try known($1.value, among: functions)
                },
                onlyWhereStatus: try keys["only_where_status"]?.text(),
                undoes: try undone.map { try $0.text() },
                setsPackage: try keys["sets_package"]?.boolean() ?? false,
                notDone: try keys["not_done"]?.text())
        }
    }

    private static func notices(
        _ reader: YAMLReader?, functions: Set<String>
    ) throws -> [NoticeDefinition] {
        try reader?.members().map { type, reader in
            let keys = try reader.members(known: ["status", "moves_on", "run"])
            return NoticeDefinition(
                type: type, status: try keys["status"]?.text(),
                movesOn: try keys["moves_on"].map { try known($0, among: functions) },
                function: try keys["run"].map { try known($0, among: functions) })
        } ?? []
    }

    /// The name of a function of the blueprint.
    private static func known(_ reader: YAMLReader, among functions: Set<String>) throws -> String {
        let name = try reader.text()
        guard functions.contains(name) else { throw reader.error("there is no function \(name) here") }
        return name
    }
}
