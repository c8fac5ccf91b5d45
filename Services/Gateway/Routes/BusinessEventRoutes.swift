import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

extension [HTTPRoute] {
    /// What billing systems tell of contract products.
    static func businessEvents(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .post, path: "/v1/business-events", tag: "Business events",
                name: "sendBusinessEvent",
                summary:
                    "Tells that something happened to a contract product; the same id again does nothing",
                access: .staff(.runDangerous),
                body: RouteBody(name: "NewBusinessEvent", fields: BusinessEventRequest.fields),
                answers: [
                    RouteAnswer(
                        status: .accepted,
                        help: "What it set off, and what not; all of it is durable",
                        content: .structure("BusinessEventActions"), headers: ["Location": "Where it is"])
                ]
            ) { call in
                let request = try await BusinessEventRequest.read(call, parts)
                let reply = try await parts.upstream.ask(request, trace: call.trace)
                var response = Response.json(reply, status: .accepted)
                response.headers[.location] =
                    "/v1/business-events/\(BusinessEventRequest.pathPart(request.id))"
                return response
            },
            HTTPRoute(
                method: .get, path: "/v1/business-events", tag: "Business events", name: "listBusinessEvents",
                summary: "Business events, newest first, without their data", access: .staff(.view),
                query: Query.businessEvents + Query.page, answers: [.ok("BusinessEventList")]
            ) { call in
                let request = ListBusinessEvents(
                    contractProductID: call.query["contract_product_id"]?.stringValue.map {
                        ContractProductID(rawValue: $0)
                    },
                    type: call.query["type"]?.stringValue.flatMap { BusinessEventType(rawValue: $0) },
                    page: call.page)
                return .json(try await parts.upstream.ask(request, trace: call.trace))
            },
            HTTPRoute(
                method: .get, path: "/v1/business-events/{id}", tag: "Business events",
                name: "showBusinessEvent",
                summary: "One business event, what it set off and what not", access: .staff(.view),
                answers: [.ok("BusinessEvent")]
            ) { call in
                guard let id = call.path.get("id")?.removingPercentEncoding else { throw Problem.notFound }
                let event = try await parts.upstream.ask(ShowBusinessEvent(id: id), trace: call.trace)
                return .json(try event.maskingSealed())
            },
        ]
    }
}

/// A business event as it comes in.
enum BusinessEventRequest {
    static let fields: [FieldDefinition] = .of(
        request: SubmitBusinessEvent.messageType, without: ["fingerprint", "requested_by"])

    /// - Throws: 422 with the fields that are wrong.
    static func read(_ call: Call, _ parts: GatewayParts) async throws -> SubmitBusinessEvent {
        let data = call.body["data"]?.objectValue ?? [:]
        guard JSONValue.object(data).text.count <= Limits.eventDataBytes else {
            throw Problem.invalid("/data", "must have \(Limits.eventDataBytes) bytes at most")
        }
        guard let id = call.body["id"]?.stringValue,
            let type = call.body["type"]?.stringValue.flatMap({ BusinessEventType(rawValue: $0) }),
            let product = call.body["contract_product_id"]?.stringValue
        else { throw Problem.internal }
        let productID = ContractProductID(rawValue: product)
        let category = try await category(of: productID, parts, call)
        let secret = Blueprints.named(category)?.secretFields ?? []
        let sealed = try secret.mapSecrets(in: data) { value, path in
            .string(try parts.sealer.seal(value, context: "event/\(id)/data/\(path)"))
        }
        let plain = fingerprint(type: type, product: productID, data: data)
        // By a plain hash of the event weak secrets in it could be guessed.
        let fingerprint =
            sealed == data
            ? plain : try parts.sealer.seal(.string(plain), context: "event/\(id)/fingerprint")
        return SubmitBusinessEvent(
            id: id, type: type, contractProductID: productID, data: sealed, fingerprint: fingerprint,
            requestedBy: try call.actor)
    }

    private static func category(
        of product: ContractProductID, _ parts: GatewayParts, _ call: Call
    ) async throws -> String {
        do throws(RequestFailure) {
            return try await parts.products.entry(product, client: nil, trace: call.trace).category
        } catch {
            guard error.kind == .notFound else { throw error }
            throw Problem.invalid("/contract_product_id", "there is no such contract product")
        }
    }

    /// Tells a repeat from another event: SHA-256 over all but the id, with sorted members.
    private static func fingerprint(
        type: BusinessEventType, product: ContractProductID, data: [String: JSONValue]
    ) -> String {
        let told: JSONValue = [
            "type": .string(type.rawValue), "contract_product_id": .string(product.rawValue),
            "data": .object(data),
        ]
        return Hexadecimal.text(of: SHA256.hash(data: told.text))
    }

    /// An event's id as part of a path.
    static func pathPart(_ id: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        return id.addingPercentEncoding(withAllowedCharacters: allowed) ?? id
    }
}

extension Query {
    /// Filters of business events.
    static let businessEvents = [
        productID,
        FieldDefinition(
            name: "type", type: .string, rules: [.in(BusinessEventType.allCases.map(\.rawValue))],
            help: "Only of this type"),
    ]
}
