import AdapterKit
import AdapterTestSupport
import BuildersAdapter
import Models
import Synchronization
import TestSupport

/// A brand at the vendor that remembers its users and sites, and can lose answers.
final class BaseKitBrand: Sendable {
    struct User {
        var username: String
        var email: String
        var package = 1
        var isDeleted = false
        var sites: [Int: String] = [:]
    }

    fileprivate struct State {
        var users: [Int: User] = [:]
        /// Requests, as in `POST /sites`, whose next answer is lost.
        var losing: Set<String> = []
    }

    private let state = Mutex(State())
    let sent = Recorder<HTTPRequest>()

    var users: [User] { state.withLock { $0.users.sorted { $0.key < $1.key }.map(\.value) } }

    /// The requests that were sent, in order.
    var calls: [String] { sent.elements.map { "\($0.method.rawValue) \($0.path)" } }

    func add(_ user: User) { state.withLock { $0.users[$0.users.count + 1] = user } }

    /// Carries out the next request of that kind, but loses its answer.
    func lose(_ call: String) { state.withLock { _ = $0.losing.insert(call) } }

    func answer(_ request: HTTPRequest) -> Result<HTTPResponse, ProviderError> {
        sent.record(request)
        return state.withLock { state in
            let response = state.answer(request)
            guard state.losing.remove("\(request.method.rawValue) \(request.path)") == nil else {
                return .failure(ProviderError(.timedOut, mayHaveTakenEffect: request.isChanging))
            }
            return .success(response)
        }
    }
}

extension BaseKitBrand.State {
    fileprivate mutating func answer(_ request: HTTPRequest) -> HTTPResponse {
        // All is below /v1.
        let path = request.path.split(separator: "/").dropFirst().map(String.init)
        var body: JSONValue = .null
        if case .json(let value) = request.body { body = value }
        switch (request.method, path.first, path.count) {
        case (.get, "users", 1): return list()
        case (.post, "users", 1): return open(body)
        case (.post, "sites", 1): return openSite(body)
        case (.delete, "sites", 2): return HTTPResponse(status: 204)
        default: break
        }
        guard path.first == "users", path.count > 1, let number = Int(path[1]), let user = users[number]
        else { return .json(#"{"status":404,"message":"Not found"}"#, status: 404) }
        switch (request.method, path.last) {
        case (.get, "sites"):
            let sites = user.sites.sorted { $0.key < $1.key }.map {
                #"{"ref":\#($0.key),"primaryDomain":{"domainName":"\#($0.value)"}}"#
            }
            return .json(#"{"sites":[\#(sites.joined(separator: ","))]}"#)
        case (.post, "account-packages"):
            users[number]?.package = Int(body["packageRef"]?.lenientNumber ?? 0)
            return .json(#"{"ok":true}"#)
        case (.delete, _):
            users[number]?.isDeleted = true
            return HTTPResponse(status: 204)
        default:
            return .json(
                #"{"accountHolder":{"ref":\#(number),"deleted":\#(user.isDeleted),"#
                    + #""subscriptionPackageRef":"\#(user.package)","storageBytesUsed":"1536"}}"#)
        }
    }

    private func list() -> HTTPResponse {
        let users = users.sorted { $0.key < $1.key }.map { number, user in
            #"{"ref":\#(number),"username":"\#(user.username)","deleted":\#(user.isDeleted)}"#
        }
        return .json(#"{"count":"\#(users.count)","accountHolders":[\#(users.joined(separator: ","))]}"#)
    }

    private mutating func open(_ body: JSONValue) -> HTTPResponse {
        let username = body["username"]?.stringValue ?? ""
        let email = body["email"]?.stringValue ?? ""
        var taken: [String] = []
        if users.values.contains(where: { $0.username == username }) {
            taken.append(#""username":{"unique":"taken"}"#)
        }
        if users.values.contains(where: { $0.email == email }) {
            taken.append(#""email":{"unique":"taken"}"#)
        }
        guard taken.isEmpty else {
            return .json(
                #"{"status":400,"message":"Validation failed","errors":{\#(taken.joined(separator: ","))}}"#,
                status: 400)
        }
        let number = users.count + 1
        users[number] = BaseKitBrand.User(username: username, email: email)
        return .json(#"{"accountHolder":{"ref":\#(number)}}"#, status: 201)
    }

    private mutating func openSite(_ body: JSONValue) -> HTTPResponse {
        let number = body["accountHolderRef"]?.integerValue ?? 0
        let site = 100 * number + (users[number]?.sites.count ?? 0)
        let domain = body["domain"]?.stringValue ?? "demo\(site).example.net"
        guard !users.values.contains(where: { $0.sites.values.contains(domain) }) else {
            return .json(
                #"{"status":400,"message":"Validation failed","errors":{"domain":{"unique":"taken"}}}"#,
                status: 400)
        }
        users[number]?.sites[site] = domain
        return .json(
            #"{"site":{"ref":\#(site),"primaryDomain":{"domainName":"\#(domain)"}}}"#, status: 201)
    }
}
