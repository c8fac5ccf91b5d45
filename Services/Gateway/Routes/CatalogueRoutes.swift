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
                access: .client(.view),
                answers: [
                    RouteAnswer(status: .ok, help: "All blueprints", content: .json(BlueprintView.listSchema))
                ]
            ) { call in .json(["items": .array(BlueprintView.all(for: try call.audience))]) },
            HTTPRoute(
                method: .get, path: "/v1/blueprints/{category}", tag: "Blueprints", name: "showBlueprint",
                summary: "What one category can do", access: .client(.view),
                answers: [
                    RouteAnswer(status: .ok, help: "The blueprint", content: .json(BlueprintView.schema))
                ]
            ) { call in
                let category = call.path.get("category")
                let shown = BlueprintView.all(for: try call.audience)
                guard let blueprint = shown.first(where: { $0["category"]?.stringValue == category }) else {
                    throw Problem.notFound
                }
                return .json(blueprint)
            },
            HTTPRoute(
                method: .get, path: "/v1/providers", tag: "Blueprints", name: "listProviders",
                summary: "Providers that adapters have announced, with the JSON Schema of their settings",
                access: .staff(.view), query: [Query.category],
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
