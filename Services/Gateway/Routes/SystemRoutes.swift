import Hummingbird
import HummingbirdCore
import Models
import NIOCore
import ServiceRuntime

extension [HTTPRoute] {
    /// What machines ask: is it alive, can it work, what does it look like.
    static func system(_ parts: GatewayParts, documents: Documents) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .get, path: "/healthz", tag: "System", name: "health",
                summary: "Whether the process runs",
                access: .none, isProbe: true,
                answers: [RouteAnswer(status: .ok, help: "It does", content: .json(Documents.healthSchema))]
            ) { _ in .json(["status": "ok"]) },
            HTTPRoute(
                method: .get, path: "/readyz", tag: "System", name: "readiness",
                summary: "Whether requests can be carried out, and what is missing", access: .none,
                isProbe: true,
                answers: [
                    RouteAnswer(status: .ok, help: "They can", content: .json(Documents.readinessSchema)),
                    RouteAnswer(
                        status: .serviceUnavailable, help: "Something is missing",
                        content: .json(Documents.readinessSchema)),
                ]
            ) { _ in
                let readiness = await parts.health.readiness()
                return .json(
                    try JSONValue(encoding: readiness), status: readiness.ready ? .ok : .serviceUnavailable)
            },
            HTTPRoute(
                method: .get, path: "/metrics", tag: "System", name: "metrics",
                summary: "Counters and histograms for Prometheus", access: .none, isProbe: true,
                answers: [RouteAnswer(status: .ok, help: "Text format 0.0.4", content: .text)]
            ) { _ in
                Response(
                    status: .ok, headers: [.contentType: PrometheusMetrics.contentType],
                    body: .init(byteBuffer: ByteBuffer(string: parts.metrics.text())))
            },
            HTTPRoute(
                method: .get, path: "/openapi.json", tag: "System", name: "openAPI",
                summary: "This interface as an OpenAPI 3.1 document", access: .none,
                answers: [RouteAnswer(status: .ok, help: "The document", content: .json(["type": "object"]))]
            ) { _ in .json(documents.openAPI) },
            HTTPRoute(
                method: .get, path: "/asyncapi.json", tag: "System", name: "asyncAPI",
                summary: "The message bus as an AsyncAPI 3.0 document", access: .none,
                answers: [RouteAnswer(status: .ok, help: "The document", content: .json(["type": "object"]))]
            ) { _ in .json(Documents.asyncAPI) },
        ]
    }
}
