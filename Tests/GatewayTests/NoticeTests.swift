import HTTPTypes
import Models
import Synchronization
import Testing

@testable import Gateway

/// What third parties told, as administrators see it.
@Suite struct NoticeTests {
    @Test func `notices are listed, of one configuration where that is asked for`() async throws {
        try await GatewayHarness.run { harness in
            let own = ConfigurationID.make()
            for (id, configuration) in [("n-1", own), ("n-2", ConfigurationID.make())] {
                harness.fake.state.withLock {
                    $0.notices.append(
                        KeptNotice(
                            configurationID: configuration, category: "domains", id: id, type: "renewed",
                            message: "It is.", subjects: ["a.example"], createdAt: .now,
                            appliedTo: [harness.product.id], receivedAt: .now))
                }
            }
            let all = try await harness.call(.get, "/v1/notices?limit=10")
            #expect(all.json["items"]?.arrayValue?.count == 2)
            let some = try await harness.call(.get, "/v1/notices?configuration_id=\(own)")
            let item = try #require(some.json["items"]?.arrayValue?.first)
            #expect(some.json["items"]?.arrayValue?.count == 1)
            #expect(item["id"] == "n-1")
            #expect(item["applied_to"] == [.string(harness.product.id.rawValue)])
            #expect(try await harness.call(.get, "/v1/notices?limit=1000").status == 422)
        }
    }
}
