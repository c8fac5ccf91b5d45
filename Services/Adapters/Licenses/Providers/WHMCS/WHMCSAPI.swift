import AdapterKit
import Models

/// The licence API for resellers: one method an action, with GET and XML. It takes its key, as all
/// parameters, in the address only.
///
/// - SeeAlso: https://docs.whmcs.com/Reseller_License_Manager; the API itself is described to members only.
struct WHMCSAPI: Sendable {
    static let host = "licenseapi.whmcs.com"

    let email: String
    let apiKey: String
    let timeLimit: Duration
    let transport: any HTTPTransport

    /// The licence of that key; nil where it is not among those that the search finds.
    ///
    /// - SeeAlso: https://docs.whmcs.com/Reseller_License_Manager
    func searchLicenses(key: String) async throws(ProviderError) -> WHMCSLicense? {
        do throws(ProviderError) {
            let answer = try await get(
                "searchlicenses", [.init("licensekey", key)], isChanging: false)
            let licenses = answer.root["licenses"]?.all("license") ?? []
            return licenses.lazy.map(WHMCSLicense.init).first { $0.key == key }
        } catch {
            guard error.kind == .notFound, error.details["message"] != nil else { throw error }
            return nil
        }
    }

    /// Issues a licence.
    ///
    /// - Returns: its key.
    /// - SeeAlso: https://docs.whmcs.com/Reseller_License_Manager (provisioning new licenses)
    func addLicense(product: String) async throws(ProviderError) -> String {
        let answer = try await get("addlicense", [.init("product", product)])
        guard let key = answer.root["licensekey"]?.content else {
            throw answer.response.unreadable("has no licence key")
        }
        return key
    }

    /// Moves a licence to another product.
    ///
    /// - SeeAlso: https://docs.whmcs.com/Reseller_License_Manager (upgrades)
    func upgrade(key: String, product: String) async throws(ProviderError) {
        _ = try await get("upgrade", [.init("key", key), .init("product", product)])
    }

    /// Frees a licence from its server.
    ///
    /// - SeeAlso: https://docs.whmcs.com/Reseller_License_Manager (reissuance)
    func reissue(key: String) async throws(ProviderError) {
        _ = try await get("reissue", [.init("key", key)])
    }

    /// Ends a licence.
    ///
    /// - SeeAlso: https://docs.whmcs.com/Reseller_License_Manager (cancellations)
    func cancel(key: String) async throws(ProviderError) {
        _ = try await get("cancel", [.init("key", key)])
    }

    private func get(
        _ action: String, _ fields: [HTTPRequest.Field], isChanging: Bool = true
    ) async throws(ProviderError) -> WHMCSAnswer {
        let request = HTTPRequest(
            .get, host: Self.host, path: "/v2/reseller/",
            query: [.init("email", email), .init("apikey", apiKey), .init("action", action)] + fields,
            isChanging: isChanging, timeLimit: timeLimit)
        return try WHMCSAnswer(try await transport.send(request), action: action)
    }
}
