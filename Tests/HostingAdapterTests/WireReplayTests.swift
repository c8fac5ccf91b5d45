import AdapterKit
import AdapterTestSupport
import Foundation
@testable import HostingAdapter
import Models
import Testing

@Suite("Recorded traffic of hosting providers")
struct WireReplayTests {
    private static let replay = Result {
        try WireReplay(
            of: HostingAdapter.self, in: Bundle.module.bundleURL.appending(path: "Wire"), prepare: prepare)
    }

    @Test("There are recordings of every provider's functions")
    func recordings() throws {
        #expect(try Self.replay.get().functionsWithoutRecording() == [])
    }

    @Test("A function sends and answers what was recorded", arguments: (try? replay.get().cases) ?? [])
    func matchesRecording(_ wireCase: WireCase) async throws {
        let problems = try await Self.replay.get().problems(of: wireCase)
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }

    /// The recorded demo made up an account for every name; ours has to have been told of it.
    private static func prepare(_ wireCase: WireCase, _ context: ProviderContext) async throws {
        guard wireCase.provider == "demo", wireCase.function != "create",
            let username = wireCase.parameters["username"]?.stringValue
        else { return }
        var account = DemoAccount(
            Hosting.CreateParameters(email: "jane@example.com", packageName: "Demo Hosting Package"),
            username: username)
        account.customerID = nil
        account.subscriptionID = nil
        let known = account
        let panel = Simulation(context, category: "hosting", settings: HostingDemoContract.Configuration())
        try await panel.change("create", subject: username) { try $0.add(known) }
    }
}
