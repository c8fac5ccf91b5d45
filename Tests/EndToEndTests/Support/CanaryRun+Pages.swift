import Bus
import Foundation
import HTTPTypes
import Logging
import Models
import NIOHTTP1
import ServiceRuntime
import SystemSupport
import TestSupport

@testable import Gateway

/// The pages of the admin area, the client area and the ops console.
extension CanaryRun {
    /// Someone who is signed in, as a browser knows them.
    struct Visitor: Sendable {
        let session: String
        let csrfToken: String
    }

    /// What a page may be asked with, besides nothing, by the route's name.
    private static let queries = [
        "adminActions": ["?state=failed"], "adminAttention": ["?attention=unsure", "?attention=stuck"],
        "adminNewConfiguration": [
            "?category=hosting&provider=demo", "?category=auto-login&provider=generic",
        ],
        "adminNewProduct": ["?category=hosting"], "adminSearch": ["?q=Product"],
    ]

    /// Every page that is asked for by GET; style sheets and the like have nothing of anyone.
    static func pages() throws -> [HTTPRoute] {
        let key = MasterKey().derived(for: .gateway)
        let context = ServiceContext(
            name: Gateway.name, instance: "pages",
            configuration: RuntimeConfiguration(sealingKey: Redacted(key.text), expectedCategories: []),
            bus: EmbeddedBus(topology: .purser(categories: [])),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try Gateway.assemble(context).pages.filter { $0.method == .get && $0.name != "asset" }
    }

    /// Reads every page about everything that there is: those of the client area as each client, the others as an
    /// administrator. The forms of functions are asked for also where a product's status does not allow them.
    ///
    /// - Returns: the names of pages that were never shown, and of those that failed.
    func readPages() async throws -> (unseen: Set<String>, failed: Set<String>) {
        let routes = try Self.pages()
        let things = things.elements
        var unseen = Set(routes.map(\.name))
        var failed: Set<String> = []
        func read(_ routes: [HTTPRoute], of things: [Thing], as visitor: Visitor) async throws {
            for route in routes {
                for (path, mayShow) in Self.addresses(of: route, things) {
                    let status = try await page(path, as: visitor, mayShow: mayShow)
                    if status == 200 { unseen.remove(route.name) }
                    if status >= 500 { failed.insert("\(status) \(path)") }
                }
            }
        }
        let isClients = { (route: HTTPRoute) in route.path.hasPrefix("/client") }
        let admin = try await signIn(role: "admin")
        try await read(routes.filter { !isClients($0) }, of: self.things.elements, as: admin)
        for client in Set(things.compactMap(\.client)).sorted() {
            let visitor = try await signIn(role: "client", client: client)
            try await read(routes.filter(isClients), of: things.filter { $0.client == client }, as: visitor)
        }
        try await makePageMistakes(as: admin)
        for entry in things where entry.kind == "logs" {
            try await page("/admin/log/\(entry.id)/debug", as: admin, form: [:])
        }
        return (unseen, failed)
    }

    /// Where a page is, for each thing that it can be about, with what it may show: the secrets of its own action's result.
    private static func addresses(
        of route: HTTPRoute, _ things: [Thing]
    ) -> [(path: String, mayShow: Set<String>)] {
        var found: [(path: String, mayShow: Set<String>)] = []
        if route.path.contains("{id}") {
            let part = route.path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
            let kind = part == "products" ? "contract-products" : part
            for thing in things where thing.kind == kind {
                let path = route.path.replacing("{id}", with: thing.id)
                let functions = Blueprints.named(thing.category ?? "")?.functions.map(\.name) ?? []
                found +=
                    path.contains("{function}")
                    ? functions.map { (path.replacing("{function}", with: $0), []) }
                    : [(path, kind == "actions" ? thing.secrets : [])]
            }
        } else {
            found = [(route.path, [])]
        }
        return found
            + (queries[route.name] ?? []).flatMap { query in
                found.prefix(3).map { ($0.path + query, $0.mayShow) }
            }
    }

    /// Forms that are refused, and shown again, with secrets in them.
    private func makePageMistakes(as visitor: Visitor) async throws {
        func secret(_ name: String) -> String { canary("page\(name)").stringValue ?? "" }
        let things = things.elements
        try await page(
            "/admin/configurations/new", as: visitor,
            form: [
                "category": "hosting", "provider": "demo", "name": "", "settings/latency_ms": "x",
                "settings/api_token": secret("token"),
            ])
        for thing in things where thing.kind == "configurations" {
            try await page(
                "/admin/configurations/\(thing.id)", as: visitor,
                form: [
                    "name": "x", "settings/latency_ms": "x", "settings/api_token": secret("change"),
                    "settings/access_token": secret("change"), "settings/login_endpoint_url": "x",
                ])
        }
        for thing in things where thing.kind == "contract-products" {
            for function in ["create", "changePassword"] {
                try await page(
                    "/admin/products/\(thing.id)/run/\(function)", as: visitor,
                    form: ["parameters/password": secret("run"), "parameters/email": "none"])
            }
            try await page(
                "/admin/products/\(thing.id)/fields", as: visitor, form: ["password": secret("field")])
        }
        for path in ["/sign-in", "/admin/users/new"] {
            try await page(
                path, as: visitor, form: ["email": "nobody@example.com", "password": secret("password")])
        }
    }

    // MARK: As a browser

    /// Makes a user, whose password is looked for too, and signs them in.
    private func signIn(role: String, client: String? = nil) async throws -> Visitor {
        let email = "\(UUID().uuidString.lowercased())@example.com"
        let password = canary("\(role)password")
        var user: [String: JSONValue] = [
            "email": .string(email), "name": "Canary", "role": .string(role), "password": password,
        ]
        user["client_id"] = client.map(JSONValue.string)
        let made = try await call(.post, "/v1/users", .object(user))
        guard let id = made["id"]?.stringValue else { throw WaitingError(description: "\(made)") }
        things.record(Thing(kind: "users", id: id))
        let answer = try await system.http.with(token: nil).call(
            .post, "/v1/sessions", ["email": .string(email), "password": password])
        answers.record(Kept(place: "POST /v1/sessions", body: answer.body, mayShow: []))
        let cookie = answer.headers.first(name: "set-cookie")?.split(separator: ";").first
        guard let pair = cookie?.split(separator: "=", maxSplits: 1), pair.count == 2,
            let csrfToken = answer["csrf_token"]?.stringValue
        else {
            throw WaitingError(description: "POST /v1/sessions answered \(answer)")
        }
        given.record(String(pair[1]))
        return Visitor(session: String(pair[1]), csrfToken: csrfToken)
    }

    /// Asks for a page, or sends its form, and keeps what is shown.
    ///
    /// - Parameter form: by the inputs' names, without the session's token.
    /// - Returns: the status.
    @discardableResult
    private func page(
        _ path: String, as visitor: Visitor, form: [String: String]? = nil, mayShow: Set<String> = []
    ) async throws -> Int {
        let caller = system.http.with(token: nil)
        var headers = ["Cookie": "purser_session=\(visitor.session)", "Accept": "text/html"]
        let answer: Answer
        if let form {
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            let fields = form.merging(["csrf_token": visitor.csrfToken]) { $1 }.sorted { $0.key < $1.key }
            let body = fields.map { "\(Self.encoded($0.key))=\(Self.encoded($0.value))" }
            answer = try await caller.send(
                .post, path, Data(body.joined(separator: "&").utf8), headers: headers)
        } else {
            answer = try await caller.call(.get, path, headers: headers)
        }
        answers.record(Kept(place: "page \(path) (\(answer.status))", body: answer.body, mayShow: mayShow))
        return answer.status
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
