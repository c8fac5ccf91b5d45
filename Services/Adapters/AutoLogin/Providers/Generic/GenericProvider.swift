import AdapterKit
import Foundation
import Models

/// An operator's own software that signs customers in.
struct GenericProvider: AutoLoginProvider {
    typealias Configuration = AutoLoginGenericContract.Configuration
    static let contract = AutoLoginGenericContract.descriptor

    static var functions: AutoLoginFunctions<Self> {
        AutoLoginFunctions(
            create: .init(Self.create),
            login: .init(Self.login),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            changePackage: .init(Self.changePackage),
            renew: .init(Self.renew),
            terminate: .init(Self.terminate))
    }

    private let configuration: Configuration
    private let api: GenericAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        api = GenericAPI(
            configuration: configuration, timeLimit: context.timeLimit, transport: context.transport)
    }

    /// No endpoint can be called without doing something, so only the host is asked.
    func testConnection() async throws(ProviderError) -> String {
        let host = try await api.reach()
        return "\(host) answers. Whether its endpoints take the token shows when one is called."
    }

    // MARK: Accounts

    func create(_ wanted: AutoLogin.CreateParameters) async throws(ProviderError) -> AutoLogin.CreateResult {
        let answer = try await api.create(try fields(wanted))
        let username = answer.value("username")
        let serviceIdentifier = answer.members["service_identifier"]?.lenientText
        // Without either, this is some page rather than an answer about an account.
        guard username != nil || serviceIdentifier != nil else {
            throw answer.response.unreadable("has neither username nor service_identifier")
        }
        return AutoLogin.CreateResult(
            username: username, serviceIdentifier: serviceIdentifier,
            packageIdentifier: answer.members["package_identifier"]?.lenientText, extra: answer.list("extra"))
    }

    func suspend(_ account: AutoLogin.Account) async throws(ProviderError) -> AutoLogin.SuspendResult {
        try await api.suspend(try fields(account))
        return AutoLogin.SuspendResult()
    }

    func unsuspend(_ account: AutoLogin.Account) async throws(ProviderError) -> AutoLogin.UnsuspendResult {
        try await api.unsuspend(try fields(account))
        return AutoLogin.UnsuspendResult()
    }

    func changePackage(
        _ wanted: AutoLogin.ChangePackageParameters
    ) async throws(ProviderError) -> AutoLogin.ChangePackageResult {
        try await api.changePackage(try fields(wanted))
        return AutoLogin.ChangePackageResult()
    }

    func renew(_ account: AutoLogin.Account) async throws(ProviderError) -> AutoLogin.RenewResult {
        try await api.renew(try fields(account))
        return AutoLogin.RenewResult()
    }

    func terminate(_ account: AutoLogin.Account) async throws(ProviderError) -> AutoLogin.TerminateResult {
        try await api.terminate(try fields(account))
        return AutoLogin.TerminateResult()
    }

    // MARK: Signing in

    /// The address is a member `url`, or the whole answer.
    func login(_ account: AutoLogin.Account) async throws(ProviderError) -> AutoLogin.LoginResult {
        let answer = try await api.login(try fields(account))
        guard let url = answer.members["url"]?.stringValue ?? answer.text, Self.isWebAddress(url) else {
            throw answer.response.unreadable("has no address to sign in at")
        }
        return AutoLogin.LoginResult(url: url)
    }

    /// A browser is sent there, so nothing but a web address will do.
    private static func isWebAddress(_ text: String) -> Bool {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased() else { return false }
        return (scheme == "https" || scheme == "http") && url.host()?.isEmpty == false
            && !text.contains { $0.isWhitespace }
    }

    // MARK: What is sent

    private func fields(_ parameters: some Encodable) throws(ProviderError) -> [HTTPRequest.Field] {
        let added = [
            "data_1": configuration.extraData1, "data_2": configuration.extraData2,
            "data_3": configuration.extraData3, "secret_1": configuration.extraSecret1,
            "secret_2": configuration.extraSecret2, "secret_3": configuration.extraSecret3,
        ].compactMapValues { $0.flatMap { $0.isEmpty ? nil : JSONValue.string($0) } }
        return try .init(operatorFields: parameters, adding: ["configuration_extra": .object(added)])
    }
}

extension OperatorAnswer {
    /// A member that is a list or map, and not empty.
    fileprivate func list(_ name: String) -> JSONValue? {
        switch value(name) {
        case .array, .object: value(name)
        default: nil
        }
    }
}
