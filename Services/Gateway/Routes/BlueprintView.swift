import Models

/// Shows blueprints.
enum BlueprintView {
    private static let forAdmins = Blueprints.all.map { shown($0) { _ in true }.adding(automatic($0)) }
    private static let forClients = Blueprints.all.map { shown($0) { $0.audience == .client } }

    /// Clients see what they may run.
    static func all(for audience: Audience) -> [JSONValue] { audience == .admin ? forAdmins : forClients }

    private static func shown(
        _ blueprint: BlueprintDefinition, where condition: (FunctionDefinition) -> Bool
    ) -> JSONValue {
        [
            "category": .string(blueprint.category), "title": .string(blueprint.title),
            "help": .string(blueprint.help),
            "functions": .array(blueprint.functions.filter(condition).map(shown)),
        ]
    }

    /// What happens by itself.
    private static func automatic(_ blueprint: BlueprintDefinition) -> [String: JSONValue] {
        [
            "business_events": .array(
                blueprint.businessEvents.map { event in
                    var members: [String: JSONValue] = [
                        "type": .string(event.type), "undoes": .array(event.undoes.map(JSONValue.string)),
                        "sets_package": .bool(event.setsPackage),
                    ]
                    members["run"] = event.function.map(JSONValue.string)
                    members["only_where_status"] = event.onlyWhereStatus.map(JSONValue.string)
                    members["not_done"] = event.notDone.map(JSONValue.string)
                    if !event.functionsWhereGiven.isEmpty {
                        members["run_where_given"] = .object(
                            event.functionsWhereGiven.mapValues(JSONValue.string))
                    }
                    return .object(members)
                })
        ]
    }

    private static func shown(_ function: FunctionDefinition) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(function.name), "title": .string(function.title), "help": .string(function.help),
            "effect": .string(function.effect.rawValue), "audience": .string(function.audience.rawValue),
            "parameters": function.parameters.jsonSchema, "result": function.result.resultJSONSchema,
        ]
        if !function.keeps.isEmpty { members["keeps"] = .array(function.keeps.map(JSONValue.string)) }
        if function.audience == .client {
            members["client_gives"] = .array(function.clientGives.map(JSONValue.string))
        }
        members["result_kept_seconds"] = function.resultKeptSeconds.map(JSONValue.integer)
        members["every_seconds"] = function.everySeconds.map(JSONValue.integer)
        members["status_after"] = function.statusAfter.map(JSONValue.string)
        members["status_while_deferred"] = function.statusWhileDeferred.map(JSONValue.string)
        return .object(members)
    }

    static let schema: JSONValue = [
        "type": "object", "required": ["category", "title", "functions"],
        "properties": [
            "category": ["type": "string"], "title": ["type": "string"], "help": ["type": "string"],
            "functions": [
                "type": "array",
                "items": [
                    "type": "object",
                    "required": ["name", "title", "help", "effect", "audience", "parameters", "result"],
                    "properties": [
                        "name": ["type": "string"], "title": ["type": "string"], "help": ["type": "string"],
                        "effect": [
                            "enum": .array(FunctionDefinition.Effect.allCases.map { .string($0.rawValue) }),
                            "description": "What running it twice would mean",
                        ],
                        "audience": [
                            "enum": .array(FunctionDefinition.Audience.allCases.map { .string($0.rawValue) }),
                            "description": "Who may run it",
                        ],
                        "parameters": ["type": "object", "description": "JSON Schema of its parameters"],
                        "result": ["type": "object", "description": "JSON Schema of its result"],
                        "keeps": [
                            "type": "array", "items": ["type": "string"],
                            "description": "Parameters that become provision fields when it succeeds",
                        ],
                        "client_gives": [
                            "type": "array", "items": ["type": "string"],
                            "description": "Parameters that a client may give; others come from the product",
                        ],
                        "result_kept_seconds": [
                            "type": "integer", "description": "After so long its result is removed",
                        ],
                        "every_seconds": [
                            "type": "integer", "description": "It is run so often for every configuration",
                        ],
                        "status_after": ["type": "string"], "status_while_deferred": ["type": "string"],
                    ],
                ],
            ],
            "business_events": [
                "type": "array",
                "description": "What events of a billing system set off; for administrators",
                "items": [
                    "type": "object", "required": ["type", "undoes", "sets_package"],
                    "properties": [
                        "type": ["type": "string"],
                        "run": ["type": "string", "description": "The function that it runs"],
                        "run_where_given": [
                            "type": "object",
                            "description": "Functions run instead where the data has the member",
                        ],
                        "only_where_status": [
                            "type": "string", "description": "The status that the product must have",
                        ],
                        "undoes": ["type": "array", "items": ["type": "string"]],
                        "sets_package": ["type": "boolean"],
                        "not_done": ["type": "string", "description": "Why it runs no function"],
                    ],
                ],
            ],
        ],
    ]

    static let listSchema: JSONValue = [
        "type": "object", "required": ["items"], "properties": ["items": ["type": "array", "items": schema]],
    ]
}

extension JSONValue {
    /// An object with further members.
    fileprivate func adding(_ members: [String: JSONValue]) -> JSONValue {
        .object((objectValue ?? [:]).merging(members) { _, last in last })
    }
}
