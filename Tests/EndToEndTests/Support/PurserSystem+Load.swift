import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

extension PurserSystem {
    /// Makes a product and opens its account; without a domain, which would be taken the second time.
    func makeAccount(client: String, configuration: String) async throws -> TestProduct {
        let product = try await makeProduct(client: client, configuration: configuration)
        let action = try await run(
            "create", ["email": "jane@example.com", "package_name": "gold"], on: product)
        try #require(action.state == "succeeded", "\(action)")
        return product
    }

    /// A product's actions in a state, newest first.
    func actions(_ state: String, on product: TestProduct) async throws -> [JSONValue] {
        var found: [JSONValue] = []
        var cursor: String?
        repeat {
            let answer = try await http.call(
                .get,
                "/v1/actions?contract_product_id=\(product.id)&state=\(state)&limit=200"
                    + (cursor.map { "&cursor=\($0)" } ?? ""))
            try #require(answer.status == 200, "\(answer)")
            found += answer["items"]?.arrayValue ?? []
            cursor = answer["next_cursor"]?.stringValue
        } while cursor != nil
        return found
    }

    func count(_ state: String, on product: TestProduct) async throws -> Int {
        try await actions(state, on: product).count
    }
}

extension [Duration] {
    /// The duration that this share of them does not exceed.
    func quantile(_ share: Double) -> Duration {
        let sorted = sorted()
        guard let last = sorted.last else { return .zero }
        let index = Int((Double(sorted.count) * share).rounded(.up)) - 1
        return sorted.indices.contains(index) ? sorted[index] : last
    }
}

extension JSONValue {
    /// How long an action took from its acceptance to its end; nil where it has not ended.
    var duration: Duration? {
        guard let created = self["created_at"]?.stringValue.flatMap({ Timestamp($0) }),
            let finished = self["finished_at"]?.stringValue.flatMap({ Timestamp($0) })
        else { return nil }
        return created.duration(to: finished)
    }
}
