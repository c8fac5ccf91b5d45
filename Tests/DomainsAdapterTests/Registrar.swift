import AdapterKit
import AdapterTestSupport
import DomainsAdapter
import Foundation
import Models
import TestSupport

/// A registrar that a test answers for, and a way to run actions at it.
struct Registrar: Sendable {
    typealias Answer = Result<HTTPResponse, ProviderError>

    /// A request that left and was not answered.
    static let lost = Answer.failure(ProviderError(.timedOut, mayHaveTakenEffect: true))

    static let person: JSONValue = [
        "name": "Jane Doe", "organisation": "Acme Ltd", "email": "jane@example.com", "phone": "+442079460123",
        "address1": "1 High St", "city": "London", "postcode": "W1A 1AA", "country_code": "GB",
    ]
    static let example: [String: JSONValue] = ["sld": "example", "tld": "com"]
    static let renewal = example.merging(["renew_years": 1]) { $1 }
    static let contacts: [String: JSONValue] = Dictionary(
        uniqueKeysWithValues: ["registrant", "admin", "tech", "billing"].map { ($0, ["register": person]) })
    static let registration = example.merging(contacts) { $1 }.merging([
        "renew_years": 1,
        "nameservers": ["ns1": ["host": "ns1.example.net"], "ns2": ["host": "ns2.example.net"]],
    ]) { $1 }
    static let transfer = example.merging(contacts) { $1 }.merging(["epp_code": "EPP-s3cret"]) { $1 }

    let transport: StubTransport
    private let bench: AttemptBench
    private let folder: TemporaryFolder
    private let provider: String
    private let settings: [String: JSONValue]

    init(
        _ provider: String, settings: [String: JSONValue],
        answer: @escaping @Sendable (HTTPRequest) async -> Answer
    ) throws {
        self.provider = provider
        self.settings = settings
        transport = StubTransport(answer)
        folder = try TemporaryFolder()
        bench = AttemptBench(
            blueprint: Domains.blueprint, providers: DomainsAdapter.providers, network: transport,
            dataFolder: folder.path)
    }

    func run(
        _ function: String, _ parameters: [String: JSONValue], attempt: Int = 1,
        possibleDuplicate: Bool = false, reference: String? = nil
    ) async -> ActionOutcome {
        await bench.runner.run(
            bench.action(
                function, provider: provider, settings: settings, parameters: parameters, attempt: attempt,
                possibleDuplicate: possibleDuplicate, deferredReference: reference), isRedelivered: false,
            traceparent: nil)
    }

    /// How often a request was sent that fits.
    func count(_ fits: (HTTPRequest) -> Bool) -> Int { transport.sent.elements.count(where: fits) }
}

extension HTTPResponse {
    /// An answer of XML text.
    static func xml(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: [.init("Content-Type", "text/xml")], body: Data(text.utf8))
    }
}
