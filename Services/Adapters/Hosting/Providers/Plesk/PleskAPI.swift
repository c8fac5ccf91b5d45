import AdapterKit
import Foundation
import Models

/// Plesk's XML API: one method an operation. A call is one XML packet; credentials are in headers of their
/// own.
///
/// - SeeAlso: https://docs.plesk.com/en-US/obsidian/api-rpc/about-api-rpc.28709
struct PleskAPI: Sendable {
    static let defaultPort = 8443
    static let path = "/enterprise/control/agent.php"
    /// How long what is opened or removed may take: 240 s. The server may go on after that.
    static let longTimeLimit = Duration.seconds(240)

    enum Credentials: Sendable {
        case secretKey(String)
        case login(String, password: String)
    }

    let hostname: String
    let port: Int
    let credentials: Credentials
    let transport: any HTTPTransport

    // MARK: Calls

    /// Makes a call that may change something.
    func call(
        _ target: String, _ operation: String, _ content: [XMLValue], isChanging: Bool = true,
        timeLimit: Duration = .seconds(60)
    ) async throws(ProviderError) -> [XMLValue] {
        let packet = XMLValue.node("packet", .node(target, .node(operation, content)))
        let request = HTTPRequest(
            .post, host: hostname, port: port, path: Self.path, headers: headers,
            body: .text(packet.document, contentType: "text/xml"), isChanging: isChanging,
            timeLimit: timeLimit)
        return try PleskAnswer(
            response: try await transport.send(request), target: target, operation: operation
        ).results()
    }

    /// Reads; nothing where the panel says that what is asked for does not exist.
    func find(
        _ target: String, _ operation: String, _ content: [XMLValue]
    ) async throws(ProviderError) -> [XMLValue] {
        do throws(ProviderError) {
            return try await call(target, operation, content, isChanging: false)
        } catch {
            guard error.kind == .notFound else { throw error }
            return []
        }
    }

    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/about-xml-api/xml-api-packets/packet-structure.28722
    private var headers: [HTTPRequest.Field] {
        switch credentials {
        case .secretKey(let key): [.init("KEY", key)]
        case .login(let name, let password):
            [.init("HTTP_AUTH_LOGIN", name), .init("HTTP_AUTH_PASSWD", password)]
        }
    }

    /// What is read of a result, or that it is none.
    func reading<Value>(_ value: Value?, of thing: String) throws(ProviderError) -> Value {
        guard let value else {
            throw ProviderError(
                .providerUnavailable, details: ["problem": .string("The answer has no \(thing).")])
        }
        return value
    }

    // MARK: The server

    /// The server's name.
    ///
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/reference/managing-plesk-server/getting-server-information/request-packet-structure-and-samples.37024
    func serverName() async throws(ProviderError) -> String? {
        try await call("server", "get", [.node("gen_info")], isChanging: false)
            .first?["gen_info"]?["server_name"]?.content
    }

    /// The server's addresses.
    ///
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/reference/managing-ip-addresses/retrieving-ip-addresses.35405
    func addresses() async throws(ProviderError) -> [PleskAddress] {
        try await call("ip", "get", [], isChanging: false)
            .flatMap { $0["addresses"]?.all("ip_info") ?? [] }.compactMap(PleskAddress.init)
    }

    /// The id of a session that the user's browser can take up, from this address only.
    ///
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/reference/managing-plesk-server/creating-session-tokens.73865
    func createSession(login: String, ip: String) async throws(ProviderError) -> String {
        let data = XMLValue.node(
            "data", .node("user_ip", text: Data(ip.utf8).base64EncodedString()), .node("source_server"))
        let results = try await call(
            "server", "create_session", [.node("login", text: login), data], isChanging: false)
        return try reading(results.first?["id"]?.content, of: "session")
    }

    /// The nameservers of a site's zone, without the dot at the end. Those of zones within it are left out.
    ///
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/reference/managing-dns/managing-dns-records/retrieving-dns-records.34831
    func nameservers(siteID: String, zones: [String]) async throws(ProviderError) -> [String] {
        let records = try await find(
            "dns", "get_rec",
            [.node("filter", .node("site-id", text: siteID)), .node("include-subdomains")])
        return records.compactMap { record in
            guard let data = record["data"], data["type"]?.content == "NS",
                let host = data["host"]?.content.map(Self.withoutDot), zones.contains(host)
            else { return nil }
            return data["value"]?.content.map(Self.withoutDot)
        }
    }

    private static func withoutDot(_ name: String) -> String {
        (name.hasSuffix(".") ? String(name.dropLast()) : name).lowercased()
    }

    // MARK: Plans

    /// A plan; nil where there is none.
    ///
    /// - SeeAlso: for service plans
    ///   https://docs.plesk.com/en-US/onyx/api-rpc/about-xml-api/reference/managing-service-plans/getting-information-on-service-plans/samples.32915/
    ///   and for reseller plans
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/about-xml-api/reference/managing-reseller-plans/retrieving-information-about-reseller-plans.60472/
    func plan(
        _ kind: PleskPlan.Kind, _ filter: PleskPlan.Filter
    ) async throws(ProviderError) -> PleskPlan? {
        try await find(kind.rawValue, "get", [.node("filter", filter.node)])
            .compactMap(PleskPlan.init).first
    }
}
