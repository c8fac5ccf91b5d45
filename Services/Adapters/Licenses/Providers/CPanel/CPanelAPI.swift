import AdapterKit
import Foundation
import Models

/// The Manage2 API: one method an endpoint, with GET and JSON. Credentials travel in a header.
///
/// - SeeAlso: https://docs.cpanel.net/manage2/knowledge-base/guide-to-the-manage2-api/
struct CPanelAPI: Sendable {
    static let host = "manage2.cpanel.net"

    let username: String
    let password: String
    let timeLimit: Duration
    let transport: any HTTPTransport

    // MARK: Reading

    /// How many packages the account may sell.
    ///
    /// - SeeAlso: https://docs.cpanel.net/manage2/api/manage2-api-list-package-information/
    func packageCount() async throws(ProviderError) -> Int {
        try await get("XMLpackageInfo.cgi", isChanging: false).value["packages"]?.objectValue?.count ?? 0
    }

    /// One licence, among those that are active or among those that have expired; nil where it is not there.
    ///
    /// - SeeAlso: https://docs.cpanel.net/manage2/api/manage2-api-list-license-information/
    func licenseInfo(id: String, amongExpired: Bool) async throws(ProviderError) -> CPanelLicense? {
        var fields: [HTTPRequest.Field] = [.init("liscid", id)]
        if amongExpired { fields.append(.init("expired", "1")) }
        do throws(ProviderError) {
            return CPanelLicense(
                id: id, in: try await get("XMLlicenseInfo.cgi", fields, isChanging: false).value)
        } catch {
            guard error.kind == .notFound, error.details["status"] == 200 else { throw error }
            return nil
        }
    }

    /// The numbers of the active licences of a package at an address.
    ///
    /// - SeeAlso: https://docs.cpanel.net/manage2/api/manage2-api-look-up-a-license-id/
    func lookup(ip: String, packageID: String) async throws(ProviderError) -> [String] {
        let fields: [HTTPRequest.Field] = [
            .init("ip", ip), .init("packageid", packageID), .init("all", "1"),
        ]
        let found: JSONValue?
        do throws(ProviderError) {
            found = try await get("XMLlookup.cgi", fields, isChanging: false).value["licenseid"]
        } catch {
            guard error.kind == .notFound, error.details["status"] == 200 else { throw error }
            return []
        }
        return (found?.arrayValue ?? [found ?? .null]).compactMap(\.lenientText).filter { $0 != "0" }
    }

    // MARK: Changing

    /// Issues a licence.
    ///
    /// - Returns: its number.
    /// - SeeAlso: https://docs.cpanel.net/manage2/api/manage2-api-add-licenses/
    func licenseAdd(ip: String, packageID: String, groupID: Int?) async throws(ProviderError) -> String {
        var fields: [HTTPRequest.Field] = [.init("packageid", packageID), .init("ip", ip)]
        if let groupID { fields.append(.init("groupid", String(groupID))) }
        let answer = try await get("XMLlicenseAdd.cgi", fields)
        guard let id = answer.value["licenseid"]?.lenientText else {
            throw answer.response.unreadable("has no licenseid")
        }
        return id
    }

    /// Moves the licence at an address to another package.
    ///
    /// - SeeAlso: https://docs.cpanel.net/manage2/api/manage2-api-change-a-license-package/
    func packageUpdate(ip: String, newPackageID: String) async throws(ProviderError) {
        _ = try await get(
            "XMLpackageUpdate.cgi", [.init("ip", ip), .init("newpackageid", newPackageID)])
    }

    /// - SeeAlso: https://docs.cpanel.net/manage2/api/manage2-api-expire-licenses/
    func licenseExpire(id: String) async throws(ProviderError) {
        _ = try await get("XMLlicenseExpire.cgi", [.init("liscid", id)])
    }

    /// - SeeAlso: https://docs.cpanel.net/manage2/api/manage2-api-reactivate-expired-licenses/
    func licenseReActivate(id: String) async throws(ProviderError) {
        _ = try await get("XMLlicenseReActivate.cgi", [.init("liscid", id)])
    }

    private func get(
        _ function: String, _ fields: [HTTPRequest.Field] = [], isChanging: Bool = true
    ) async throws(ProviderError) -> CPanelAnswer {
        let credentials = Data("\(username):\(password)".utf8).base64EncodedString()
        let request = HTTPRequest(
            .get, host: Self.host, path: "/\(function)", query: fields + [.init("output", "json")],
            headers: [.init("Authorization", "Basic \(credentials)")], isChanging: isChanging,
            timeLimit: timeLimit)
        return try CPanelAnswer(try await transport.send(request), function: function)
    }
}
