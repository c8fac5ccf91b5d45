package import AdapterKit
package import Models

/// The adapter of domain names and its providers.
package enum DomainsAdapter: CategoryAdapter {
    package static let blueprint = Domains.blueprint

    package static let providers: [RegisteredProvider] = [
        .domains(DemoProvider.self),
        .domains(NominetProvider.self),
        .domains(CoCCAProvider.self),
        .domains(NIRAProvider.self),
        .domains(RICTAProvider.self),
        .domains(CentralNicProvider.self),
        .domains(EURidProvider.self),
        .domains(LogicBoxesProvider<LogicBoxes>.self),
        .domains(LogicBoxesProvider<ResellerClub>.self),
        .domains(LogicBoxesProvider<NetEarthOne>.self),
        .domains(LogicBoxesProvider<ResellBiz>.self),
        .domains(NamecheapProvider.self),
        .domains(OpenSRSProvider<OpenSRS>.self),
        .domains(OpenSRSProvider<HRS>.self),
    ]

    package static let demoProduct = DemoProduct(
        name: "Domain name", function: "register",
        parameters: [
            "sld": "demo", "tld": "example", "renew_years": 1, "registrant": contact, "billing": contact,
            "tech": contact, "admin": contact,
            "nameservers": [
                "ns1": ["host": "ns1.example.net"], "ns2": ["host": "ns2.example.net"],
            ],
        ])

    private static let contact: JSONValue = [
        "register": [
            "name": "Demo client", "email": "demo@example.com", "phone": "+14155550100",
            "address1": "1 Example Street", "city": "London", "postcode": "N1 1AA", "country_code": "GB",
        ]
    ]
}
