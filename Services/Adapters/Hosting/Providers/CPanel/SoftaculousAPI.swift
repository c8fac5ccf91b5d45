import AdapterKit
import Foundation
import Models

/// The installer of applications that many cPanel servers have. It is called as the account's own user, at
/// the control panel's port.
///
/// - SeeAlso: https://www.softaculous.com/docs/api/remote-api/
struct SoftaculousAPI: Sendable {
    static let port = 2083
    private static let page = "/frontend/jupiter/softaculous/index.live.php"

    /// The installer's number of WordPress.
    static let wordPress = "26"

    /// An application as it is to be installed, at the root of a domain.
    struct Installation: Sendable {
        var application: String
        var domain: String
        var adminUsername: String
        var adminPassword: String
        var adminEmail: String

        fileprivate var fields: [HTTPRequest.Field] {
            [
                .init("softsubmit", "1"), .init("softdomain", domain), .init("softdirectory", ""),
                .init("admin_username", adminUsername), .init("admin_pass", adminPassword),
                .init("admin_email", adminEmail), .init("language", "en"), .init("site_name", domain),
                .init("site_desc", ""),
            ]
        }
    }

    let hostname: String
    let username: String
    let password: String
    let verifiesTLS: Bool
    let transport: any HTTPTransport

    /// Installs an application.
    ///
    /// - SeeAlso: https://www.softaculous.com/docs/api/remote-api/ (Install a Script)
    func install(_ installation: Installation) async throws(ProviderError) -> Hosting.SoftwareInstallation {
        let credentials = Data("\(username):\(password)".utf8).base64EncodedString()
        let request = HTTPRequest(
            .post, host: hostname, port: Self.port, path: Self.page,
            query: [.init("api", "json"), .init("act", "software"), .init("soft", installation.application)],
            headers: [.init("Authorization", "Basic \(credentials)")], body: .form(installation.fields),
            timeLimit: .seconds(120), verifiesTLS: verifiesTLS)
        let answer = try await transport.send(request).successful().json()
        guard answer["done"]?.lenientFlag == true, let id = answer["insid"]?.lenientText else {
            throw ProviderError(.rejected, details: ["reason": answer["error"] ?? "no reason given"])
        }
        let settings = answer["__settings"] ?? .null
        let site = settings["softurl"]?.lenientText ?? "https://\(installation.domain)"
        let admin = settings["adminurl"]?.lenientText ?? "wp-admin/"
        return Hosting.SoftwareInstallation(
            softwareID: installation.application, installID: id, installVersion: settings["ver"]?.lenientText,
            adminURL: admin.hasPrefix("http") ? admin : "\(site)/\(admin)",
            adminEmail: installation.adminEmail,
            adminUsername: installation.adminUsername, adminPassword: installation.adminPassword)
    }

    /// Where an installation's administrator is signed in, as a path within a panel session.
    static func signOnPath(installation: String) -> String {
        let query: [HTTPRequest.Field] = [
            .init("act", "sign_on"), .init("insid", installation), .init("autoid", RandomText.letters(32)),
        ]
        return page + "?" + PercentEncoding.query(query)
    }
}
