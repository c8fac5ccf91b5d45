package import Models

/// Values for the parameters of functions, by name: what no product brings itself.
package enum Wanted {
    /// The values that a function has a use for.
    ///
    /// - Parameter number: makes names of its own for a product.
    package static func parameters(
        of function: FunctionDefinition, in category: String, number: Int
    ) -> [String: JSONValue] {
        let known = values(number).merging(particular[category] ?? [:]) { _, own in own }
        return known.filter { name, _ in function.parameters.contains { $0.name == name } }
    }

    private static func values(_ number: Int) -> [String: JSONValue] {
        let site = JSONValue.string("site-\(number).example.com")
        return [
            "domain": site, "domain_name": site, "label": site, "sld": .string("site-\(number)"),
            "tld": "co.uk", "renew_years": 1, "registrant": contact, "tech": contact, "admin": contact,
            "nameservers": ["ns1": ["host": "ns1.example.net"], "ns2": ["host": "ns2.example.net"]],
            "ns1": ["host": "ns1.example.net"], "ns2": ["host": "ns2.example.net"],
            "ips_tag": "OTHER", "lock": true, "auto_renew": false, "location": "London", "image": "Debian 12",
            "seat_count": 5, "billing_cycle_months": 12, "password": "correct-Horse-7-battery",
        ]
    }

    private static let particular: [String: [String: JSONValue]] = [
        "domains": ["billing": contact],
        "office-tools": ["billing": ["amount": 60, "currency": "GBP"]],
    ]

    private static let contact: JSONValue = [
        "register": [
            "name": "Jane Doe", "email": "jane@example.com", "phone": "+14155550100",
            "address1": "1 Example Street", "city": "London", "postcode": "N1 1AA", "country_code": "GB",
        ]
    ]
}
