import HTTPTypes
import Models

/// Whether a request that changes something comes from one of our own pages.
enum RequestOrigin {
    /// The form field and the header that bring the session's token.
    static let formField = "csrf_token"

    /// Methods that change nothing (RFC 9110, section 9.2.1).
    static func isSafe(_ method: HTTPRequest.Method) -> Bool {
        [.get, .head, .options].contains(method)
    }

    /// Refuses what a browser says comes from another site's page. Browsers that do not say so are caught by the token.
    ///
    /// - SeeAlso: Fetch Metadata Request Headers, section 2.3 (`Sec-Fetch-Site`).
    static func checkSite(of headers: HTTPFields) throws(Problem) {
        guard let site = headers[.secFetchSite], !["same-origin", "none"].contains(site.lowercased()) else {
            return
        }
        throw Problem(.notOurPage, "The request comes from a page of another site.")
    }

    /// Refuses a request of a session's cookie without the session's token.
    static func checkToken(_ token: String?, of secret: SessionSecret) throws(Problem) {
        guard let token, !token.isEmpty else {
            throw Problem(
                .notOurPage,
                "Send csrf_token of GET /v1/sessions/current in the header X-CSRF-Token, or in the form field "
                    + "csrf_token.")
        }
        guard secret.accepts(csrfToken: token) else {
            throw Problem(.notOurPage, "The csrf_token is not that of this session. Load the page again.")
        }
    }
}

extension HTTPField.Name {
    static let csrfToken = constant("X-CSRF-Token")
    static let secFetchSite = constant("Sec-Fetch-Site")
}
