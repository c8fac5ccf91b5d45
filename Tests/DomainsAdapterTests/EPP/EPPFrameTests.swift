@testable import DomainsAdapter
import AdapterKit
import Foundation
import Models
import Testing

@Suite("What EPP's answers mean")
struct EPPFrameTests {
    private static let command = EPPCommand.acknowledge("1")

    private static func response(_ code: Int) throws -> EPPResponse {
        guard case .response(let response) = try EPPFrame(StubRegistry.response(code, id: "A-1", text: "No"))
        else {
            throw CancellationError()
        }
        return response
    }

    @Test(
        "Each result code has its kind",
        arguments: [
            (2_000, .internal), (2_001, .invalidInput), (2_002, .internal), (2_003, .invalidInput),
            (2_004, .invalidInput), (2_005, .invalidInput), (2_100, .unsupported), (2_101, .unsupported),
            (2_102, .unsupported), (2_103, .unsupported), (2_104, .rejected), (2_105, .rejected),
            (2_106, .rejected),
            (2_200, .unauthorized), (2_201, .unauthorized), (2_202, .unauthorized), (2_300, .rejected),
            (2_301, .rejected), (2_302, .alreadyExists), (2_303, .notFound), (2_304, .rejected),
            (2_305, .rejected),
            (2_306, .invalidInput), (2_307, .unsupported), (2_308, .rejected), (2_400, .providerUnavailable),
            (2_500, .providerUnavailable), (2_501, .unauthorized), (2_502, .rateLimited), (2_399, .rejected),
            (2_999, .providerUnavailable), (0, .providerUnavailable), (-7, .providerUnavailable),
        ] as [(Int, ErrorKind)])
    func codes(code: Int, kind: ErrorKind) throws {
        let error = #expect(throws: ProviderError.self) {
            try Self.response(code).successful(answering: Self.command)
        }
        #expect(error?.kind == kind)
        #expect(error?.details["code"] == .integer(code))
        #expect(error?.details["text"] == "No")
        #expect(error?.mayHaveTakenEffect == (kind == .providerUnavailable))
    }

    @Test("Codes of success are success", arguments: [1_000, 1_001, 1_300, 1_301, 1_500])
    func success(code: Int) throws {
        #expect(try Self.response(code).successful(answering: Self.command).isPending == (code == 1_001))
    }

    @Test("A transaction's id is unique, says whose it is, and fits the schema")
    func transactionIDs() {
        let action = ActionID.make()
        let ids = (0..<50).map { _ in EPPTransactionID.make(for: action, attempt: 3) }
        #expect(Set(ids).count == 50)
        #expect(ids.allSatisfy { $0.hasPrefix("\(action)-3-") && (3...64).contains($0.count) })
        #expect((3...64).contains(EPPTransactionID.make(for: nil, attempt: 0).count))
    }

    @Test("Services are chosen from what the greeting offers")
    func services() throws {
        let wanted = EPPServices(
            objects: [EPPSchema.domain.uri, EPPSchema.host.uri, "urn:none"], extensions: ["urn:needed"],
            optionalExtensions: ["urn:there", "urn:not-there"])
        guard case .greeting(var greeting) = try EPPFrame(Data(StubRegistry.greeting(["urn:there"]).utf8))
        else {
            throw CancellationError()
        }
        let chosen = try wanted.chosen(from: greeting)
        #expect(
            chosen
                == EPPServices.Chosen(
                    version: "1.0", language: "en", objects: [EPPSchema.domain.uri, EPPSchema.host.uri],
                    extensions: ["urn:needed", "urn:there"]))
        greeting.languages = ["nl", "fr"]
        #expect(try wanted.chosen(from: greeting).language == "nl")
        greeting.versions = ["2.0"]
        #expect(throws: ProviderError.self) { try wanted.chosen(from: greeting) }
        greeting.versions = ["2.0", "1.0"]
        greeting.objects = [EPPSchema.host.uri]
        #expect(throws: ProviderError.self) { try wanted.chosen(from: greeting) }
    }

    @Test("A domain is read with what extensions tell of it")
    func domain() throws {
        let extensions = """
            <rgp:infData xmlns:rgp="urn:ietf:params:xml:ns:rgp-1.0"><rgp:rgpStatus s="renewPeriod"/></rgp:infData>\
            <secDNS:infData xmlns:secDNS="urn:ietf:params:xml:ns:secDNS-1.1"><secDNS:dsData><secDNS:keyTag>12345\
            </secDNS:keyTag><secDNS:alg>13</secDNS:alg><secDNS:digestType>2</secDNS:digestType><secDNS:digest>49FD\
            </secDNS:digest></secDNS:dsData></secDNS:infData>
            """
        let data = """
            <domain:infData><domain:name>example.eu</domain:name><domain:ns><domain:hostAttr><domain:hostName>\
            ns1.example.eu</domain:hostName><domain:hostAddr ip="v4">192.0.2.1</domain:hostAddr></domain:hostAttr>\
            </domain:ns><domain:exDate>2030-01-02T23:30:00+02:00</domain:exDate></domain:infData>
            """
        let frame = StubRegistry.response(1_000, data, id: "A-1", extensions: extensions)
        guard case .response(let response) = try EPPFrame(frame) else { throw CancellationError() }
        let domain = try EPPDomainInfo(response)
        #expect(domain.gracePeriods == ["renewPeriod"])
        #expect(
            domain.signers == [
                EPPDelegationSigner(keyTag: 12_345, algorithm: 13, digestType: 2, digest: "49FD")
            ])
        #expect(domain.nameservers == [Domains.Nameserver(host: "ns1.example.eu", ip: "192.0.2.1")])
        #expect(domain.expiryDay == "2030-01-02")
        #expect(domain.expiresAt?.plainText == "2030-01-02 21:30:00")
    }

    @Test("Delegation signers are read from additional fields, if they can be ones")
    func signers() {
        let good: JSONValue = ["key_tag": "12345", "algorithm": 13, "digest_type": 2, "digest": "49fd"]
        #expect(
            EPPDelegationSigner(good)
                == EPPDelegationSigner(keyTag: 12_345, algorithm: 13, digestType: 2, digest: "49fd"))
        #expect(
            EPPDelegationSigner(["key_tag": 70_000, "algorithm": 13, "digest_type": 2, "digest": "49fd"])
                == nil)
        #expect(
            EPPDelegationSigner(["key_tag": 1, "algorithm": 13, "digest_type": 2, "digest": "49f"]) == nil)
        #expect(
            EPPDelegationSigner(["key_tag": 1, "algorithm": 13, "digest_type": 2, "digest": "<a>b"]) == nil)
    }
}
