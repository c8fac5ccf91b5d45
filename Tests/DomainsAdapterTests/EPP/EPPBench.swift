import AdapterKit
import AdapterTestSupport
import DomainsAdapter
import Logging
import Models
import TestSupport

/// A provider that is a registry, and what it takes to run actions at it.
struct EPPBench: Sendable {
    static let nominet: [String: JSONValue] = ["ips_tag": "ACME-TAG", "password": "nominet-password"]
    static let cocca: [String: JSONValue] = [
        "epp_username": "acme", "epp_password": "cocca-password", "hostname": "epp.example.ng",
    ]
    static let centralNic: [String: JSONValue] = [
        "registrar_handle_id": "H1", "password": "centralnic-password",
    ]
    static let eurid: [String: JSONValue] = [
        "username": "a001234", "password": "eurid-password", "billing_contact_id": "c10",
        "tech_contact_id": "c11",
    ]

    let bench: AttemptBench
    let log = LogRecorder()
    private let provider: String
    private let settings: [String: JSONValue]
    private let folder: TemporaryFolder

    init(_ provider: String, _ settings: [String: JSONValue], _ frames: any FrameTransport) throws {
        self.provider = provider
        self.settings = settings
        folder = try TemporaryFolder()
        bench = AttemptBench(
            blueprint: Domains.blueprint, providers: DomainsAdapter.providers, network: NoTransport(),
            frames: frames, dataFolder: folder.path, logger: log.logger)
    }

    func action(
        _ function: String, _ parameters: [String: JSONValue], possibleDuplicate: Bool = false,
        reference: String? = nil, settings: [String: JSONValue]? = nil
    ) -> ExecuteAction {
        bench.action(
            function, provider: provider, settings: settings ?? self.settings, parameters: parameters,
            possibleDuplicate: possibleDuplicate, deferredReference: reference)
    }

    func run(_ action: ExecuteAction, isRedelivered: Bool = false) async -> ActionOutcome {
        await bench.runner.run(action, isRedelivered: isRedelivered, traceparent: nil)
    }

    func run(
        _ function: String, _ parameters: [String: JSONValue], possibleDuplicate: Bool = false,
        reference: String? = nil
    ) async -> ActionOutcome {
        await run(
            action(function, parameters, possibleDuplicate: possibleDuplicate, reference: reference))
    }
}
