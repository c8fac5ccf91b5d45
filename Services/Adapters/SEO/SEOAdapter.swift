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

    package static let demoProduct = DemoProduct(
        name: "SEO tools", function: "create",
        parameters: [
            "customer_id": "demo", "customer_email": "demo@example.com", "domain": "demo.example.com",
            "package_identifier": "standard",
        ])
}
