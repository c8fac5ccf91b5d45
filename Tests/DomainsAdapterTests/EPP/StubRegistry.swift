import AdapterKit
import AdapterTestSupport
import DomainsAdapter
import Foundation
import Models
import Synchronization
import TestSupport

/// A registry in memory, that a test answers for.
final class StubRegistry: FrameTransport {
    enum Answer: Sendable {
        /// A result code with what was asked for, and extensions.
        case result(Int, String = "", extensions: String = "", text: String = "Said so")
        /// A message of the queue.
        case message(id: String, count: Int, text: String, data: String = "")
        /// The connection is lost; whether it was done, nobody knows.
        case lost
        /// Something that is no EPP.
        case raw(String)
    }

    typealias Answering = @Sendable (_ command: Command) -> Answer

    /// What came, without login and logout.
    let commands = Recorder<Command>()
    let logins = Recorder<XMLValue>()
    let endpoints = Recorder<FrameEndpoint>()
    private let extensions: [String]
    private let answering: Answering

    /// - Parameter extensions: what the greeting offers besides domains, contacts and hosts.
    init(extensions: [String] = [], _ answering: @escaping Answering) {
        self.extensions = extensions
        self.answering = answering
    }

    /// A command as it came.
    struct Command: Sendable {
        /// The verb with what it asks, as in `transfer request`, or with the object, as in `domain:info`.
        var name: String
        var frame: XMLValue

        /// The text of the first element of that name.
        func text(_ name: String) -> String? { frame.descendant(name)?.content }
    }

    /// The commands' names, in order.
    var names: [String] { commands.elements.map(\.name) }
    var changes: [String] {
        names.filter { !$0.hasSuffix(":info") && !$0.hasSuffix(":check") && $0 != "poll req" }
    }

    func connect(to endpoint: FrameEndpoint) async throws(ProviderError) -> any FrameConnection {
        endpoints.record(endpoint)
        return StubConnection(host: endpoint.host, greeting: Self.greeting(extensions)) { self.answer($0) }
    }

    private func answer(_ frame: Data) -> Data? {
        guard let value = try? XMLValue(document: frame) else { return nil }
        guard let command = value["command"], let verb = command.children.first else {
            return Data(Self.greeting(extensions).utf8)
        }
        let id = command["clTRID"]?.content ?? ""
        switch verb.name {
        case "login":
            logins.record(value)
            return Self.response(1_000, id: id)
        case "logout": return Self.response(1_500, id: id)
        default: break
        }
        let object = verb.children.first
        let prefix = object?.namespace?.split(separator: ":").last?.split(separator: "-").first ?? ""
        let name = verb.attribute("op").map { "\(verb.name) \($0)" } ?? "\(prefix):\(object?.name ?? "")"
        let received = Command(name: name, frame: value)
        commands.record(received)
        switch answering(received) {
        case .lost: return nil
        case .raw(let text): return Data(text.utf8)
        case .message(let message, let count, let text, let data):
            return Self.response(
                1_301, data, id: id, text: "ack to dequeue",
                queue: """
                    <msgQ count="\(count)" id="\(message)"><qDate>2026-02-03T09:00:00Z</qDate><msg>\(text)</msg></msgQ>
                    """)
        case .result(let code, let data, let extensions, let text):
            return Self.response(code, data, id: id, text: text, extensions: extensions)
        }
    }

    static func greeting(_ extensions: [String] = [], versions: [String] = ["1.0"]) -> String {
        """
        <epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><greeting><svID>Stub</svID><svDate>2026-02-03T09:00:00Z</svDate>\
        <svcMenu>\(versions.map { "<version>\($0)</version>" }.joined())<lang>en</lang>\
        <objURI>urn:ietf:params:xml:ns:domain-1.0</objURI><objURI>urn:ietf:params:xml:ns:contact-1.0</objURI>\
        <objURI>urn:ietf:params:xml:ns:host-1.0</objURI><svcExtension>\
        \(extensions.map { "<extURI>\($0)</extURI>" }.joined())</svcExtension></svcMenu></greeting></epp>
        """
    }

    static func response(
        _ code: Int, _ data: String = "", id: String, text: String = "Said so", queue: String = "",
        extensions: String = ""
    ) -> Data {
        let data = data.isEmpty ? "" : "<resData>\(data)</resData>"
        let extensions = extensions.isEmpty ? "" : "<extension>\(extensions)</extension>"
        return Data(
            """
            <epp xmlns="urn:ietf:params:xml:ns:epp-1.0" xmlns:domain="urn:ietf:params:xml:ns:domain-1.0" \
            xmlns:contact="urn:ietf:params:xml:ns:contact-1.0" xmlns:host="urn:ietf:params:xml:ns:host-1.0"><response>\
            <result code="\(code)"><msg>\(text)</msg></result>\(queue)\(data)\(extensions)\
            <trID><clTRID>\(id)</clTRID><svTRID>S1</svTRID></trID></response></epp>
            """.utf8)
    }
}

// MARK: What registries answer

extension StubRegistry.Answer {
    static let done = StubRegistry.Answer.result(1_000)

    /// A domain.
    static func domain(
        _ name: String, sponsor: String, registrant: String = "R1", contacts: [String: String] = [:],
        statuses: [String] = ["ok"], nameservers: [String] = ["ns1.example.net"],
        created: String = "2020-01-02T03:04:05Z", updated: String? = nil,
        expires: String = "2030-01-02T03:04:05Z",
        transferred: String? = nil, authCode: String? = nil, extensions: String = ""
    ) -> StubRegistry.Answer {
        func element(_ name: String, _ text: String?) -> String {
            text.map { "<domain:\(name)>\($0)</domain:\(name)>" } ?? ""
        }
        let parts = [
            element("name", name), element("roid", "D1"),
            statuses.map { #"<domain:status s="\#($0)"/>"# }.joined(), element("registrant", registrant),
            contacts.sorted { $0.key < $1.key }
                .map { #"<domain:contact type="\#($0.key)">\#($0.value)</domain:contact>"# }.joined(),
            "<domain:ns>\(nameservers.map { element("hostObj", $0) }.joined())</domain:ns>",
            element("clID", sponsor), element("crDate", created), element("upDate", updated),
            element("exDate", expires), element("trDate", transferred),
            authCode.map { "<domain:authInfo>\(element("pw", $0))</domain:authInfo>" } ?? "",
        ]
        return .result(1_000, "<domain:infData>\(parts.joined())</domain:infData>", extensions: extensions)
    }

    static func contact(_ id: String, email: String = "jane@example.com") -> StubRegistry.Answer {
        .result(
            1_000,
            """
            <contact:infData><contact:id>\(id)</contact:id><contact:postalInfo type="loc"><contact:name>Jane Doe\
            </contact:name><contact:addr><contact:street>1 High St</contact:street><contact:city>London</contact:city>\
            <contact:pc>W1A 1AA</contact:pc><contact:cc>GB</contact:cc></contact:addr></contact:postalInfo>\
            <contact:voice>+44.2079460123</contact:voice><contact:email>\(email)</contact:email></contact:infData>
            """)
    }

    static func available(_ name: String, _ isAvailable: Bool) -> StubRegistry.Answer {
        .result(
            1_000,
            """
            <domain:chkData><domain:cd><domain:name avail="\(isAvailable ? 1 : 0)">\(name)</domain:name></domain:cd>\
            </domain:chkData>
            """)
    }

    /// None of the hosts that the command names is there.
    static func missingHosts(_ command: StubRegistry.Command) -> StubRegistry.Answer {
        let hosts = command.frame.descendants("name").compactMap(\.content).map {
            #"<host:cd><host:name avail="1">\#($0)</host:name></host:cd>"#
        }
        return .result(1_000, "<host:chkData>\(hosts.joined())</host:chkData>")
    }
}

extension XMLValue {
    func descendants(_ name: String) -> [XMLValue] {
        children.flatMap { ($0.name == name ? [$0] : []) + $0.descendants(name) }
    }

    func descendant(_ name: String) -> XMLValue? { descendants(name).first }
}

private final class StubConnection: FrameConnection {
    let host: String
    private let answer: @Sendable (Data) -> Data?
    private let state: Mutex<(answers: [Data?], isOpen: Bool)>

    init(host: String, greeting: String, answer: @escaping @Sendable (Data) -> Data?) {
        self.host = host
        self.answer = answer
        state = Mutex(([Data(greeting.utf8)], true))
    }

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func send(_ frame: Data) async throws(FrameFailure) {
        guard isOpen else { throw .closed }
        let answer = answer(frame)
        state.withLock { $0.answers.append(answer) }
    }

    func receive() async throws(FrameFailure) -> Data {
        guard let next = state.withLock({ $0.answers.isEmpty ? nil : $0.answers.removeFirst() }) else {
            close()
            throw .closed
        }
        return next
    }

    func close() { state.withLock { $0.isOpen = false } }
}
