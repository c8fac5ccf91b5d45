import Foundation
import Models
import SystemSupport

/// A request that must be refused.
struct BadInput: Sendable {
    enum Caller: Sendable {
        case admin, client, nobody, stranger
    }

    let name: String
    var method = HTTPCaller.Method.post
    let path: String
    var body: Data?
    var headers: [String: String] = [:]
    var caller = Caller.admin
    /// One of these is expected.
    let statuses: Set<Int>

    static func table(product: TestProduct, foreign: TestProduct) -> [BadInput] {
        bodies(product) + fields(product) + submissions(product, foreign) + strangers(product, foreign)
            + queries()
    }

    /// A body that is not what it should be, whatever it is for.
    private static func bodies(_ product: TestProduct) -> [BadInput] {
        let texts: [(name: String, text: String, statuses: Set<Int>)] = [
            ("half an object", "{", [400]), ("nothing", "", [400]), ("a list", "[]", [422]),
            ("null", "null", [422]),
            ("a text", "\"x\"", [422]), ("two values", "{} {}", [400]),
            ("a trailing comma", "{\"a\":1,}", [400]),
            ("single quotes", "{'function':'create'}", [400]), ("a number that is none", "{\"a\":01}", [400]),
            ("not a number", "{\"a\":NaN}", [400]), ("a huge number", "{\"function\":1e999}", [400, 422]),
            ("a long number", "{\"function\":\(String(repeating: "9", count: 400))}", [400, 422]),
            ("half a surrogate pair", "{\"function\":\"\\ud800\"}", [400, 422]),
            ("NUL", "{\"function\":\"a\\u0000b\"}", [422]),
            ("NUL in a name", "{\"\\u0000\":1}", [422]),
            ("NUL as a byte", "{\"function\":\"a\u{0}b\"}", [400]),
            (
                "deep nesting", String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
                [400]
            ),
            (
                "deep objects",
                String(repeating: "{\"a\":", count: 10_000) + "1" + String(repeating: "}", count: 10_000),
                [400]
            ),
            (
                "2 MB", "{\"function\":\"getInfo\",\"x\":\"\(String(repeating: "a", count: 2_000_000))\"}",
                [413]
            ),
        ]
        let paths = [
            "/v1/clients", "/v1/configurations", "/v1/contract-products",
            "/v1/contract-products/\(product.id)/actions",
        ]
        return paths.flatMap { path in
            texts.map {
                BadInput(
                    name: "\(path): \($0.name)", path: path, body: Data($0.text.utf8), statuses: $0.statuses)
            } + [
                BadInput(
                    name: "\(path): no UTF-8", path: path,
                    body: Data("{\"function\":\"\u{7f}".utf8) + [0xC3, 0x28, 0xFF] + Data("\"}".utf8),
                    statuses: [400]),
                BadInput(
                    name: "\(path): UTF-16", path: path,
                    body: "{\"function\":\"create\"}".data(using: .utf16) ?? Data(),
                    statuses: [400]),
                BadInput(
                    name: "\(path): no JSON declared", path: path, body: Data("{}".utf8),
                    headers: ["Content-Type": "text/plain"], statuses: [415]),
            ]
        }
    }

    private static func body(_ value: JSONValue) -> Data { Data("\(value.jsonText)".utf8) }

    /// Fields of the wrong type, form or length.
    private static func fields(_ product: TestProduct) -> [BadInput] {
        let rows: [(path: String, body: JSONValue)] = [
            ("/v1/clients", [:]),
            ("/v1/clients", ["name": 5, "email": "jane@example.com"]),
            ("/v1/clients", ["name": "Jane Doe", "email": "no address"]),
            ("/v1/clients", ["name": "Jane Doe", "email": ["a"]]),
            (
                "/v1/clients",
                ["name": .string(String(repeating: "a", count: 100_000)), "email": "jane@example.com"]
            ),
            ("/v1/clients", ["name": "Jane Doe", "email": "jane@example.com", "phone": "12"]),
            (
                "/v1/clients",
                ["name": "Jane Doe", "email": "jane@example.com", "address": ["country_code": "XX1"]]
            ),
            ("/v1/configurations", ["category": "nope", "provider": "demo", "name": "x", "settings": [:]]),
            (
                "/v1/configurations",
                ["category": "hosting", "provider": "nope", "name": "x", "settings": [:]]
            ),
            (
                "/v1/configurations",
                ["category": "hosting", "provider": "demo", "name": "x", "settings": ["latency_ms": "x"]]
            ),
            (
                "/v1/configurations",
                ["category": "hosting", "provider": "demo", "name": "x", "settings": ["latency_ms": -1]]
            ),
            (
                "/v1/configurations",
                [
                    "category": "hosting", "provider": "demo", "name": "x",
                    "settings": ["fault": "all of them"],
                ]
            ),
            ("/v1/configurations", ["category": "hosting", "provider": "demo", "name": "x", "settings": []]),
            ("/v1/configurations", ["category": "hosting", "provider": "demo", "name": "x"]),
            (
                "/v1/contract-products",
                [
                    "client_id": 1, "category": "hosting", "configuration_id": .string(product.configuration),
                    "name": "x",
                ]
            ),
            (
                "/v1/contract-products",
                ["client_id": .string(product.client), "category": "hosting", "name": "x"]
            ),
            ("/v1/tokens", ["name": "x", "role": "emperor"]),
            ("/v1/tokens", ["name": "x", "role": "client"]),
        ]
        return rows.enumerated().map { index, row in
            BadInput(name: "\(row.path) \(index)", path: row.path, body: body(row.body), statuses: [422])
        } + [
            BadInput(
                name: "a product of a client that there is not", path: "/v1/contract-products",
                body: body([
                    "client_id": .string(ClientID.make().rawValue), "category": "hosting",
                    "configuration_id": .string(product.configuration), "name": "x",
                ]), statuses: [404, 422]),
            BadInput(
                name: "a product of a configuration that there is not", path: "/v1/contract-products",
                body: body([
                    "client_id": .string(product.client), "category": "hosting",
                    "configuration_id": .string(ConfigurationID.make().rawValue), "name": "x",
                ]), statuses: [404, 422]),
            BadInput(
                name: "a change of a configuration", method: .patch,
                path: "/v1/configurations/\(product.configuration)",
                body: body(["settings": ["fault_rate": 2]]), statuses: [422]),
        ]
    }

    /// Actions that cannot be.
    private static func submissions(_ product: TestProduct, _ foreign: TestProduct) -> [BadInput] {
        let path = "/v1/contract-products/\(product.id)/actions"
        let rows: [JSONValue] = [
            [:], ["function": "nope"], ["function": 5], ["function": ""], ["function": "create\u{202E}"],
            ["function": "create", "parameters": []], ["function": "create", "parameters": ["email": 5]],
            ["function": "create", "parameters": ["email": "jane@example.com"], "run_at": "yesterday"],
            [
                "function": "create",
                "parameters": ["email": "jane@example.com", "package_name": "gold", "domain": "no domain"],
            ],
            [
                "function": "create", "parameters": ["email": "jane@example.com", "package_name": "gold"],
                "run_at": "9999-01-01T00:00:00Z",
            ],
            ["function": "getLoginUrl", "parameters": ["username": "alice", "user_ip": "somewhere"]],
        ]
        return rows.enumerated().map { index, row in
            BadInput(name: "submission \(index)", path: path, body: body(row), statuses: [422])
        } + [
            BadInput(
                name: "a wait that is no number", path: path + "?wait=long",
                body: body(["function": "getInfo"]),
                statuses: [422]),
            BadInput(
                name: "too long a wait", path: path + "?wait=61", body: body(["function": "getInfo"]),
                statuses: [422]),
            BadInput(
                name: "a key with spaces", path: path, body: body(["function": "getInfo"]),
                headers: ["Idempotency-Key": "a b"], statuses: [422]),
            BadInput(
                name: "a product that there is not",
                path: "/v1/contract-products/\(ContractProductID.make())/actions",
                body: body(["function": "create"]), statuses: [404]),
            BadInput(
                name: "no product's id", path: "/v1/contract-products/x'%20OR%201=1/actions",
                body: body(["function": "create"]), statuses: [404]),
            BadInput(
                name: "a decision on nothing", path: "/v1/actions/\(ActionID.make())/retry", statuses: [404]),
            BadInput(
                name: "an action that there is not", method: .get, path: "/v1/actions/act_nope",
                statuses: [404]),
        ]
    }

    /// People who may not.
    private static func strangers(_ product: TestProduct, _ foreign: TestProduct) -> [BadInput] {
        let create = body(["function": "create"])
        return [
            BadInput(name: "no token", method: .get, path: "/v1/clients", caller: .nobody, statuses: [401]),
            BadInput(
                name: "a wrong token", method: .get, path: "/v1/clients", caller: .stranger, statuses: [401]),
            BadInput(
                name: "no token, bad body", path: "/v1/clients", body: Data("{".utf8), caller: .nobody,
                statuses: [401]),
            BadInput(
                name: "a client lists clients", method: .get, path: "/v1/clients", caller: .client,
                statuses: [403]),
            BadInput(
                name: "a client opens an account", path: "/v1/contract-products/\(product.id)/actions",
                body: create,
                caller: .client, statuses: [403]),
            BadInput(
                name: "a client acts on another's", path: "/v1/contract-products/\(foreign.id)/actions",
                body: body(["function": "getInfo"]), caller: .client, statuses: [404]),
            BadInput(
                name: "a client looks at another's", method: .get,
                path: "/v1/contract-products/\(foreign.id)",
                caller: .client, statuses: [404]),
            BadInput(
                name: "a client looks at another", method: .get, path: "/v1/clients/\(foreign.client)",
                caller: .client,
                statuses: [404]),
            BadInput(
                name: "a client reads another's log", method: .get,
                path: "/v1/logs?client_id=\(foreign.client)",
                caller: .client, statuses: [404]),
            BadInput(
                name: "a client's dead letters", method: .get, path: "/v1/dead-letters", caller: .client,
                statuses: [403]),
        ]
    }

    /// Addresses and queries.
    private static func queries() -> [BadInput] {
        let rows: [(path: String, statuses: Set<Int>)] = [
            ("/v1/nothing", [404]), ("/v1/actions/%00", [404]), ("/v1/actions/..%2F..%2Fetc", [404]),
            ("/v1/actions?state=nope", [422]), ("/v1/actions?limit=0", [422]),
            ("/v1/actions?limit=1000000", [422]),
            ("/v1/actions?limit=9999999999999999999999", [422]), ("/v1/logs?since=yesterday", [422]),
            ("/v1/logs?level=loud", [422]), ("/v1/logs?before=x", [422]), ("/v1/logs/0/debug", [404]),
            ("/v1/logs/99999999/debug", [404]), ("/v1/blueprints/nope", [404]),
            ("/v1/actions?function=\(String(repeating: "a", count: 9_000))", [414]),
        ]
        return rows.map {
            BadInput(name: "GET \($0.path.prefix(60))", method: .get, path: $0.path, statuses: $0.statuses)
        } + [
            BadInput(
                name: "a place in a stream that is none", method: .get, path: "/v1/events/stream",
                headers: ["Last-Event-ID": "x"], statuses: [422]),
            BadInput(
                name: "a method that does not fit", method: .delete, path: "/v1/clients", statuses: [405]),
        ]
    }
}

extension JSONValue {
    /// As JSON. What cannot be written as such does not occur in these tests.
    fileprivate var jsonText: String {
        do {
            return String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        } catch {
            return "null"
        }
    }
}
