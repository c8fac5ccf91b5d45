import Models

/// What the demo client buys of a category, and how it is set up.
struct DemoProduct {
    let category: String
    let name: String
    let function: String
    let parameters: [String: JSONValue]

    /// One of each category.
    static let all = [
        DemoProduct(
            category: "hosting", name: "Web hosting", function: "create",
            parameters: ["domain": "demo.example.com", "package_name": "starter"]),
        DemoProduct(
            category: "domains", name: "Domain name", function: "register",
            parameters: [
                "sld": "demo", "tld": "example", "renew_years": 1, "registrant": contact, "billing": contact,
                "tech": contact, "admin": contact,
                "nameservers": [
                    "ns1": ["host": "ns1.example.net"], "ns2": ["host": "ns2.example.net"],
                ],
            ]),
        DemoProduct(
            category: "servers", name: "Virtual server", function: "create",
            parameters: [
                "email": "demo@example.com", "label": "demo.example.com", "location": "London",
                "image": "Debian 12", "size": "small",
            ]),
        DemoProduct(
            category: "licenses", name: "Software licence", function: "create",
            parameters: [
                "customer_name": "Demo client", "customer_email": "demo@example.com",
                "package_identifier": "standard",
            ]),
        DemoProduct(
            category: "seo", name: "SEO tools", function: "create",
            parameters: [
                "customer_id": "demo", "customer_email": "demo@example.com", "domain": "demo.example.com",
                "package_identifier": "standard",
            ]),
        DemoProduct(
            category: "builders", name: "Website builder", function: "create",
            parameters: [
                "customer_id": "demo", "customer_name": "Demo client", "customer_email": "demo@example.com",
                "domain_name": "demo.example.com", "package_reference": "standard",
                "billing_cycle_months": 12,
            ]),
        DemoProduct(
            category: "office-tools", name: "Office mail", function: "create",
            parameters: [
                "domain": "demo.example.com", "customer_id": "demo", "customer_email": "demo@example.com",
                "plan": "standard", "seat_count": 5, "billing": ["amount": 60, "currency": "GBP"],
            ]),
        DemoProduct(
            category: "auto-login", name: "Outside service", function: "create",
            parameters: ["user_id": "demo", "email": "demo@example.com", "package_identifier": "standard"]),
    ]

    private static let contact: JSONValue = [
        "register": [
            "name": "Demo client", "email": "demo@example.com", "phone": "+14155550100",
            "address1": "1 Example Street", "city": "London", "postcode": "N1 1AA", "country_code": "GB",
        ]
    ]
}
