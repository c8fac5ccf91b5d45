import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models

extension [HTTPRoute] {
    /// What can be done at all: blueprints, and the providers that do it.
    static func catalogue(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .get, path: "/v1/blueprints", tag: "Blueprints", name: "listBlueprints",
                summary: "What each category can do, with JSON Schemas of parameters and results",
                access: .client,
                answers: [
                    RouteAnswer(status: .ok, help: "All blueprints", content: .json(BlueprintView.listSchema))
                ]
            ) { call in .json(["items": .array(BlueprintView.all(for: try call.principal.role))]) },
            HTTPRoute(
                method: .get, path: "/v1/blueprints/{category}", tag: "Blueprints", name: "showBlueprint",
                summary: "What one category can do", access: .client,
                answers: [
                    RouteAnswer(status: .ok, help: "The blueprint", content: .json(BlueprintView.schema))
                ]
            ) { call in
                let category = call.path.get("category")
                let shown = BlueprintView.all(for: try call.principal.role)
                guard let blueprint = shown.first(where: { $0["category"]?.stringValue == category }) else {
                    throw Problem.notFound
                }
                return .json(blueprint)
            },
            HTTPRoute(
                method: .get, path: "/v1/providers", tag: "Blueprints", name: "listProviders",
                summary: "Providers that adapters have announced, with the JSON Schema of their settings",
                access: .admin, query: [Query.category],
                answers: [
                    RouteAnswer(status: .ok, help: "Providers", content: .json(ProviderView.listSchema))
                ]
            ) { call in
                let category = call.query["category"]?.stringValue
                let providers = try await parts.providers.all(trace: call.trace)
                    .filter { category == nil || $0.descriptor.category == category }
                return .json(["items": .array(try providers.map(ProviderView.shown))])
            },
        ]
    }
}

/// Shows blueprints.
enum BlueprintView {
    private static let forAdmins = Blueprints.all.map { shown($0) { _ in true } }
    private static let forClients = Blueprints.all.map { shown($0) { $0.audience == .client } }

    /// Clients see what they may run.
    static func all(for role: Role) -> [JSONValue] { role == .admin ? forAdmins : forClients }

    private static func shown(
        _ blueprint: BlueprintDefinition, where condition: (FunctionDefinition) -> Bool
    ) -> JSONValue {
        [
            "category": .string(blueprint.category), "title": .string(blueprint.title),
            "help": .string(blueprint.help),
            "functions": .array(blueprint.functions.filter(condition).map(shown)),
        ]
    }

    private static func shown(_ function: FunctionDefinition) -> JSONValue {
        [
            "name": .string(function.name), "title": .string(function.title), "help": .string(function.help),
            "effect": .string(function.effect.rawValue), "audience": .string(function.audience.rawValue),
            "parameters": function.parameters.jsonSchema, "result": function.result.resultJSONSchema,
        ]
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
                    ],
                ],
            ],
        ],
    ]

    static let listSchema: JSONValue = [
        "type": "object", "required": ["items"], "properties": ["items": ["type": "array", "items": schema]],
    ]
}

/// Shows providers.
enum ProviderView {
    static func shown(_ provider: Provider) throws -> JSONValue {
        let descriptor = provider.descriptor
        return [
            "provider": .string(descriptor.provider), "category": .string(descriptor.category),
            "title": .string(descriptor.title), "vendor_page": .string(descriptor.vendorPage),
            "help": .string(descriptor.help), "concurrency": .integer(descriptor.concurrency),
            "configuration": descriptor.configuration.jsonSchema,
            "functions": .array(try descriptor.functions.map { try JSONValue(encoding: $0) }),
            "instances": .array(try provider.instances.map { try JSONValue(encoding: $0) }),
            "instances_online": .integer(provider.instances.count(where: \.online)),
        ]
    }

    static let listSchema: JSONValue = [
        "type": "object", "required": ["items"],
        "properties": [
            "items": [
                "type": "array",
                "items": [
                    "type": "object",
                    "required": [
                        "provider", "category", "title", "configuration", "functions", "instances",
                        "instances_online",
                    ],
                    "properties": [
                        "provider": ["type": "string"], "category": ["type": "string"],
                        "title": ["type": "string"], "vendor_page": ["type": "string"],
                        "help": ["type": "string"], "concurrency": ["type": "integer"],
                        "configuration": ["type": "object", "description": "JSON Schema of its settings"],
                        "functions": [
                            "type": "array", "items": ["$ref": "#/components/schemas/SupportedFunction"],
                        ],
                        "instances": [
                            "type": "array", "items": ["$ref": "#/components/schemas/AdapterStatus"],
                        ],
                        "instances_online": ["type": "integer"],
                    ],
                ],
            ]
        ],
    ]
}
