import AdapterKit
import Foundation
import Models

/// Domains in the mail filter of a SpamExperts control panel. An account is a domain, and its name is the
/// domain's.
struct SpamExpertsProvider: AutoLoginProvider {
    typealias Configuration = AutoLoginSpamExpertsContract.Configuration
    static let contract = AutoLoginSpamExpertsContract.descriptor

    static var functions: AutoLoginFunctions<Self> {
        AutoLoginFunctions(
            create: .init(Self.create, observe: Self.observeCreate),
            login: .init(Self.login),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    private let configuration: Configuration
    private let context: ProviderContext

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
    }

    private func api() throws(ProviderError) -> SpamExpertsAPI {
        SpamExpertsAPI(
            dashboard: try ServiceAddress(configuration.dashboardURL), username: configuration.username,
            password: configuration.password, timeLimit: context.timeLimit, transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        let products = try await api().availableProducts()
        return "Signed in as \(configuration.username). Products: \(products.joined(separator: ", "))."
    }

    // MARK: Opening and closing

    func create(_ wanted: AutoLogin.CreateParameters) async throws(ProviderError) -> AutoLogin.CreateResult {
        let api = try api()
        let domain = try Self.domain(of: wanted)
        let products = try await products(of: wanted, api)
        try await api.add(domain: domain)
        try await api.set(products, of: domain)
        let given = try await api.products(of: domain)
        return AutoLogin.CreateResult(
            username: .string(domain), serviceIdentifier: domain,
            packageIdentifier: given.isEmpty ? nil : given.map(\.rawValue).joined(separator: ","))
    }

    /// A domain that is not in the panel was not added. One that is there may be somebody else's: the panel
    /// tells neither when it was added nor for whom.
    func observeCreate(
        _ wanted: AutoLogin.CreateParameters
    ) async throws(ProviderError) -> Observation<AutoLogin.CreateResult> {
        try await api().exists(domain: try Self.domain(of: wanted)) ? .unknown : .notDone
    }

    func terminate(_ account: AutoLogin.Account) async throws(ProviderError) -> AutoLogin.TerminateResult {
        try await api().remove(domain: try account.username.accountName())
        return AutoLogin.TerminateResult()
    }

    func observeTerminate(
        _ account: AutoLogin.Account
    ) async throws(ProviderError) -> Observation<AutoLogin.TerminateResult> {
        try await api().exists(domain: try account.username.accountName())
            ? .notDone : .done(AutoLogin.TerminateResult())
    }

    // MARK: Signing in

    func login(_ account: AutoLogin.Account) async throws(ProviderError) -> AutoLogin.LoginResult {
        let api = try api()
        let ticket = try await api.createTicket(username: try account.username.accountName())
        context.secrets.add(ticket)
        let query = PercentEncoding.query([.init("authticket", ticket)])
        return AutoLogin.LoginResult(url: "\(api.dashboard.url)?\(query)")
    }

    // MARK: Parts

    private static func domain(of wanted: AutoLogin.CreateParameters) throws(ProviderError) -> String {
        guard let domain = wanted.serviceIdentifier, !domain.isEmpty else {
            throw ProviderError(.invalidInput, "A mail filter needs a domain.")
        }
        return domain
    }

    /// The products that the package names; all that are offered where there is no package.
    private func products(
        of wanted: AutoLogin.CreateParameters, _ api: SpamExpertsAPI
    ) async throws(ProviderError) -> Set<SpamExpertsProduct> {
        guard let package = wanted.packageIdentifier, !package.isEmpty else {
            // There may be others than those that a domain can be given.
            return Set(try await api.availableProducts().compactMap(SpamExpertsProduct.init))
        }
        var products: Set<SpamExpertsProduct> = []
        for name in package.split(separator: ",") {
            let name = name.trimmingCharacters(in: .whitespaces)
            guard let product = SpamExpertsProduct(rawValue: name.lowercased()) else {
                throw ProviderError(
                    .invalidInput, "This package is not offered at the moment.",
                    details: ["product": .string(name)])
            }
            products.insert(product)
        }
        return products
    }
}
