import AdapterKit

/// The installer of applications that many cPanel servers have.
///
/// - SeeAlso: https://www.softaculous.com/docs/api/remote-api/
enum Softaculous {
    /// Where an installation's administrator is signed in, as a path within a panel session.
    static func signOnPath(installation: String) -> String {
        let query: [HTTPRequest.Field] = [
            .init("act", "sign_on"), .init("insid", installation), .init("autoid", RandomText.letters(32)),
        ]
        return "/frontend/jupiter/softaculous/index.live.php?" + PercentEncoding.query(query)
    }
}
