import AdapterKit
import Models

/// The partner API of rankingCoach: one method an endpoint.
///
/// Every call is a POST of JSON with the credentials in it, reading ones too.
///
/// - SeeAlso: https://www.rankingcoach.com/ (its description is given to partners only)
struct RankingCoachAPI: Sendable {
    static let host = "www.rankingcoach.com"

    let username: String
    let password: String
    let usesSandbox: Bool
    let transport: any HTTPTransport

    /// How the vendor knows a user.
    enum UserKey: Sendable {
        /// By the number that it was opened with.
        case externalID(String)
        case email(String)

        var member: (name: String, value: JSONValue) {
            switch self {
            case .externalID(let id): ("external_id", .string(id))
            case .email(let email): ("email", .string(email))
            }
        }
    }

    /// The packages that the partner may sell.
    ///
    /// - SeeAlso: https://www.rankingcoach.com/ (partner API, `get_subscriptions`)
    func getSubscriptions() async throws(ProviderError) -> [RankingCoachPackage] {
        let response = try await post("get_subscriptions", isChanging: false)
        guard let packages = try response.json().arrayValue else {
            throw response.unreadable("has no packages")
        }
        return packages.compactMap(RankingCoachPackage.init)
    }

    /// A user with its subscriptions and a fresh session; nil where there is none.
    ///
    /// - SeeAlso: https://www.rankingcoach.com/ (partner API, `get_user`)
    func getUser(_ key: UserKey) async throws(ProviderError) -> RankingCoachUser? {
        let member = key.member
        let response: HTTPResponse
        do throws(ProviderError) {
            response = try await post("get_user", [member.name: member.value], isChanging: false)
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
        guard let user = try response.json()["additional_infos"].flatMap(RankingCoachUser.init) else {
            throw response.unreadable("has no user")
        }
        return user
    }

    /// Opens a user. One who is there already is refused.
    ///
    /// - SeeAlso: https://www.rankingcoach.com/ (partner API, `update_user`)
    func updateUser(_ user: RankingCoachNewUser) async throws(ProviderError) {
        _ = try await post("update_user", user.members)
    }

    /// Activates a user.
    ///
    /// - Parameter package: the package to subscribe to; what there was before where nil.
    /// - SeeAlso: https://www.rankingcoach.com/ (partner API, `activate_user`)
    func activateUser(_ id: String, package: RankingCoachPackage? = nil) async throws(ProviderError) {
        var members: [String: JSONValue] = ["external_id": .string(id)]
        if let package { members["subscription_id"] = .string(package.idText) }
        _ = try await post("activate_user", members)
    }

    /// Deactivates a user; nothing is deleted.
    ///
    /// - SeeAlso: https://www.rankingcoach.com/ (partner API, `deactivate_user`)
    func deactivateUser(_ id: String) async throws(ProviderError) {
        _ = try await post("deactivate_user", ["external_id": .string(id)])
    }

    /// Moves a subscription of a user to another package.
    ///
    /// - SeeAlso: https://www.rankingcoach.com/ (partner API, `subscription_update`)
    func subscriptionUpdate(
        user id: String, subscription: RankingCoachSubscription, package: RankingCoachPackage
    ) async throws(ProviderError) {
        _ = try await post(
            "subscription_update",
            [
                "external_id": .string(id), "subscription_id": subscription.id,
                "update_subscription_id": package.id,
            ])
    }

    /// Where a session signs the customer in.
    static func loginURL(session: String) -> String {
        HTTPRequest(
            .get, host: host, path: "/index/login",
            query: [.init("session_id", session), .init("site_id", "")]
        ).url
    }
}

// MARK: Calls

extension RankingCoachAPI {
    private func post(
        _ command: String, _ members: [String: JSONValue] = [:], isChanging: Bool = true
    ) async throws(ProviderError) -> HTTPResponse {
        var members = members
        members["api_username"] = .string(username)
        members["api_password"] = .string(password)
        let request = HTTPRequest(
            .post, host: Self.host, path: "/\(usesSandbox ? "api_test" : "api")/\(command)",
            headers: [.init("Accept", "application/json")], body: .json(.object(members)),
            isChanging: isChanging)
        let response = try await transport.send(request).successful()
        let answer = try response.json()
        // Lists come bare; all else says whether it was carried out.
        if case .array = answer { return response }
        switch answer["status"]?.lenientText?.lowercased() {
        case "success": return response
        case nil: throw response.unreadable("has no status")
        default: throw Self.refusal(answer, command: command)
        }
    }

    private static func refusal(_ answer: JSONValue, command: String) -> ProviderError {
        let reasons = answer["additional_infos"]?.arrayValue?.compactMap(\.lenientText) ?? []
        let text = ([answer["message"]?.lenientText].compactMap { $0 } + reasons).joined(separator: ": ")
        return ProviderError(
            kind(of: text), details: ["command": .string(command), "reason": .string(text)])
    }

    /// The vendor tells reasons in sentences only.
    private static func kind(of reason: String) -> ErrorKind {
        let reason = reason.lowercased()
        func says(_ words: String...) -> Bool { words.contains { reason.contains($0) } }
        if says("not found", "does not exist", "not exist", "unknown user", "no user") { return .notFound }
        if says("exists", "already") { return .alreadyExists }
        if says("api_username", "api_password", "credential", "not authorized", "unauthorized", "access") {
            return .unauthorized
        }
        if says("invalid", "not valid", "missing", "required") { return .invalidInput }
        return .rejected
    }
}
