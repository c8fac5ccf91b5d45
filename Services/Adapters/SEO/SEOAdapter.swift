package import AdapterKit
package import Models

/// The adapter of search engine optimisation and its providers.
package enum SEOAdapter: CategoryAdapter {
    package static let blueprint = SEO.blueprint

    package static let providers: [RegisteredProvider] = [
        .seo(DemoProvider.self),
        .seo(MarketgooProvider.self),
        .seo(RankingCoachProvider.self),
    ]
}
