@testable import DomainsAdapter
import AdapterKit
import Foundation
import Models
import TestSupport
import Testing

/// Every kind of frame that providers send, checked by the schemas that the RFCs publish. They are not in the project:
/// the folder is named by `EPP_XSD`, `../shared/epp-xsd` beside the package where it is not set.
@Suite("EPP frames and the RFCs' schemas")
struct EPPSchemaTests {
    private static let jane = Domains.ContactDetails(
        name: "Jane Doe & Sons <Ltd>", organisation: "Acme Ltd", email: "jane@example.com",
        phone: "+442079460123",
        address1: "1 High St", city: "London", state: "Greater London", postcode: "W1A 1AA", countryCode: "gb"
    )

    private static var plain: Domains.ContactDetails {
        var details = jane
        details.organisation = nil
        details.state = nil
        return details
    }

    private static let signers = [
        EPPDelegationSigner(
            keyTag: 12_345, algorithm: 13, digestType: 2, digest: String(repeating: "a1", count: 32))
    ]

    private static func newDomain(contacts: [EPPRole], signers: [EPPDelegationSigner] = []) -> EPPNewDomain {
        EPPNewDomain(
            name: "example.co.uk", years: 2,
            nameservers: [
                Domains.Nameserver(host: "ns1.example.co.uk", ip: "192.0.2.1"),
                Domains.Nameserver(host: "ns2.example.net", ip: "2001:db8::1"),
            ], registrant: "PR123456789ABC", contacts: contacts, authCode: "a<b&c]]>d", signers: signers)
    }

    private static var sessions: [EPPCommand] {
        let services = EPPServices.Chosen(
            version: "1.0", language: "en", objects: [EPPSchema.domain.uri],
            extensions: [EPPSchema.secDNS.uri])
        var bare = services
        bare.extensions = []
        return [
            .login("ACME-TAG", password: "secret<&>", services), .login("#AB", password: "secret", bare),
            .logout,
            .nextMessage, .acknowledge("12345"),
        ]
    }

    private static var domains: [EPPCommand] {
        let roles = [
            EPPRole(type: "admin", id: "ADM1"), .init(type: "tech", id: "TEC1"),
            .init(type: "billing", id: "BIL1"),
        ]
        let parts = EPPDomainParts(
            nameservers: [Domains.Nameserver(host: "ns3.example.net")], contacts: [roles[0]],
            statuses: [EPPStatus(name: "clientTransferProhibited", note: "Transfer Locked")])
        let change = EPPDomainChange(
            added: parts, removed: EPPDomainParts(statuses: [EPPStatus(name: "clientUpdateProhibited")]),
            registrant: "PR123456789ABC", authCode: "new code")
        return [
            .checkDomains(["example.ng", "xn--bcher-kva.ng"]), .domainInfo("example.ng"),
            .domainInfo("example.eu", extensions: [EURidExtensions.authCodeRequest]),
            .createDomain(newDomain(contacts: []), hosts: .objects),
            .createDomain(newDomain(contacts: roles, signers: signers), hosts: .attributes),
            .updateDomain("example.ng", change, hosts: .objects),
            .updateDomain("example.eu", EPPDomainChange(removed: parts), hosts: .attributes),
            .updateDomain("example.ng", EPPDomainChange(authCode: "x"), hosts: .objects),
            .updateDomain(
                "example.ng", EPPDomainChange(), hosts: .objects,
                extensions: [EPPDelegationSigner.replacement(signers)]),
            .updateDomain(
                "example.ng", EPPDomainChange(), hosts: .objects,
                extensions: [EPPDelegationSigner.replacement([])]),
            .renewDomain("example.ng", expiring: "2030-01-02", years: 10),
            .transferDomain("example.ng", .request, authCode: "code"),
            .transferDomain("example.xyz", .request, years: 1, authCode: nil),
            .transferDomain(
                "example.eu", .request, years: 1, authCode: "code",
                extensions: [EURidExtensions.transfer(registrant: "c1", billing: "c2", tech: "c3")]),
            .transferDomain("example.ng", .query, authCode: "code"), EPPGracePeriod.restore("example.ng"),
        ]
    }

    private static var others: [EPPCommand] {
        [
            .contactInfo("REG1"),
            .createContact(
                EPPNewContact(
                    id: "PR123456789ABC", details: jane, postalForms: [.local, .international], authCode: "x",
                    extensions: [NominetAPI.newContact(type: "IND")])),
            .createContact(
                EPPNewContact(
                    id: "PR123456789ABC", details: plain, authCode: EPPAuthCode.make(),
                    extensions: [EURidExtensions.newContact(type: "registrant", isPerson: true)])),
            .updateContact("REG1", jane, postalForms: [.local, .international]),
            .updateContact("REG1", plain, postalForms: [.local]),
            .checkHosts(["ns1.example.net", "ns2.example.net"]),
            .hostInfo("ns1.example.net"),
            .createHost(Domains.Nameserver(host: "ns1.example.ng", ip: "192.0.2.1")),
            .createHost(Domains.Nameserver(host: "ns1.example.ng", ip: "2001:db8::1")),
            .createHost(Domains.Nameserver(host: "ns1.example.net")),
            NominetAPI.release("example.uk", to: "OTHER"),
        ]
    }

    @Test("Every kind of frame fits the schemas")
    func frames() throws {
        guard let schemas = Self.schemas else {
            print(
                "EPP frames were not checked: there is no xmllint, or no schema epp.xsd in the folder EPP_XSD."
            )
            return
        }
        let folder = try TemporaryFolder()
        let commands = Self.sessions + Self.domains + Self.others
        let frames =
            [EPPCommand.hello]
            + commands.map { $0.frame(transactionID: EPPTransactionID.make(for: .make(), attempt: 1)) }
        let schema = URL(filePath: folder.path).appending(path: "all.xsd")
        try Self.schema(over: schemas, with: frames, in: folder).write(
            to: schema, atomically: true, encoding: .utf8)
        for (index, frame) in frames.enumerated() {
            let file = folder.path + "/\(index).xml"
            try frame.document.write(toFile: file, atomically: true, encoding: .utf8)
            let (status, output) = try Self.xmllint(["--nonet", "--noout", "--schema", schema.path, file])
            #expect(status == 0, "\(frame.document)\n\(output)")
        }
    }

    @Test("A frame that does not fit is noticed")
    func wrongFrame() throws {
        guard let schemas = Self.schemas else { return }
        let folder = try TemporaryFolder()
        var frame = EPPCommand.renewDomain("example.ng", expiring: "2030-01-02", years: 1).frame(
            transactionID: "A-1")
        frame.children[0].children[0].children[0].children.reverse()
        let file = folder.path + "/frame.xml"
        try frame.document.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try Self.xmllint(["--nonet", "--noout", "--schema", schemas.path, file]).status != 0)
    }

    // MARK: Where the schemas are

    /// The RFCs' schema, where it and xmllint are there.
    private static var schemas: URL? {
        let environment = ProcessInfo.processInfo.environment
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder =
            environment["EPP_XSD"].map { URL(filePath: $0) } ?? package.appending(path: "../shared/epp-xsd")
        let schema = folder.appending(path: "epp.xsd").standardizedFileURL
        guard FileManager.default.fileExists(atPath: schema.path),
            (try? xmllint(["--version"]))?.status == 0
        else { return nil }
        return schema
    }

    /// The RFCs' schema with registries' own elements let through: their places are checked, not what is in them.
    private static func schema(over schemas: URL, with frames: [XMLValue], in folder: TemporaryFolder) throws
        -> String
    {
        let known = ["epp", "domain", "contact", "host", "secDNS", "rgp"].map {
            "urn:ietf:params:xml:ns:\($0)-1."
        }
        var foreign: [String: Set<String>] = [:]
        for frame in frames {
            let roots = frame.descendants(where: { element in
                element.attributes.contains { attribute in
                    attribute.name.hasPrefix("xmlns:") && !known.contains { attribute.value.hasPrefix($0) }
                }
            })
            for root in roots {
                guard let uri = root.attributes.first?.value, let name = root.name.split(separator: ":").last
                else {
                    continue
                }
                foreign[uri, default: []].insert(String(name))
            }
        }
        var imports = ""
        // The first is what the others are built on.
        for name in [
            "eppcom-1.0", "epp-1.0", "host-1.0", "domain-1.0", "contact-1.0", "secDNS-1.1", "rgp-1.0",
        ] {
            let file = schemas.deletingLastPathComponent().appending(path: "\(name).xsd").path
            imports +=
                #"<import namespace="urn:ietf:params:xml:ns:\#(name)" schemaLocation="\#(file)"/>"#
        }
        for (index, (uri, names)) in foreign.sorted(by: { $0.key < $1.key }).enumerated() {
            let elements = names.sorted().map { #"<element name="\#($0)" type="anyType"/>"# }.joined()
            let file = folder.path + "/foreign-\(index).xsd"
            try
                #"<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="\#(uri)">\#(elements)</schema>"#
                .write(toFile: file, atomically: true, encoding: .utf8)
            imports += #"<import namespace="\#(uri)" schemaLocation="\#(file)"/>"#
        }
        return #"<schema xmlns="http://www.w3.org/2001/XMLSchema">\#(imports)</schema>"#
    }

    private static func xmllint(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["xmllint"] + arguments
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

extension XMLValue {
    /// The elements at any depth that something holds for.
    fileprivate func descendants(where isWanted: (XMLValue) -> Bool) -> [XMLValue] {
        (isWanted(self) ? [self] : []) + children.flatMap { $0.descendants(where: isWanted) }
    }
}
