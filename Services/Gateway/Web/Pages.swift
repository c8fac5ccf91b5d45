extension [HTTPRoute] {
    /// All pages, with what they load.
    static func pages(_ web: Web, _ parts: GatewayParts) -> [HTTPRoute] {
        let upstream = parts.upstream
        let reach = parts.signIns.reach
        let common: [HTTPRoute] =
            .assets() + SignInPages(web: web).routes + ViewingPages(web: web).routes
            + AccountPages(web: web).routes
        let admin =
            OverviewPage(web: web, upstream: upstream).routes
            + ClientPages(web: web, upstream: upstream).routes
            + ProductListPage(web: web, upstream: upstream).routes
            + ProductPages(web: web, upstream: upstream).routes
            + NewProductPages(web: web).routes + ProductEditing(web: web, upstream: upstream).routes
            + RunPages(web: web, area: .admin, reach: reach).routes
            + ActionPages(web: web, upstream: upstream).routes
            + AttentionPages(web: web, upstream: upstream).routes
            + ConfigurationPages(web: web, providers: parts.providers).routes
            + AdapterPage(web: web).routes + UserPages(web: web, upstream: upstream).routes
            + TokenPages(web: web, upstream: upstream).routes
            + SearchPage(web: web, upstream: upstream).routes
            + DebugPage(web: web).routes
        let client =
            ClientProductPages(web: web).routes + ClientActionPages(web: web, upstream: upstream).routes
            + RunPages(web: web, area: .client, reach: reach).routes
        let ops =
            OpsOverviewPage(web: web).routes + LiveLogPage(web: web).routes + DeadLetterPages(web: web).routes
        return common + admin + client + ops
    }
}
