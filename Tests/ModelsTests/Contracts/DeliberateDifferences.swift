extension Catalogue.Difference {
    /// Every place where a blueprint says something else than the catalogue on purpose, with the reason.
    static let deliberate: [Self] = licenses + domains + officeTools

    private static let licenses: [Self] =
        ["getUsageData", "reissue", "suspend", "unsuspend", "terminate"].flatMap { function in
            ["service_identifier", "package_identifier", "extra"].map {
                added(
                    "licenses/\(function)/parameters/\($0)",
                    "the recordings of the generic provider send it along with every call")
            }
        }
        + ["renew", "changePackage"].map {
            added(
                "licenses/\($0)/parameters/service_identifier",
                "the recordings of the generic provider send it along with every call")
        }
        + ["customer_id", "promo_codes"].map {
            added("licenses/create/parameters/\($0)", "the recordings of the generic provider send it")
        }

    private static let domains: [Self] =
        ["register", "transfer", "renew", "getInfo", "setLock", "setAutoRenew"].flatMap { function in
            ["registrant", "billing", "tech", "admin"].flatMap { contact in
                ["type", "extra"].map {
                    added("domains/\(function)/result/\(contact)/\($0)", contactReason)
                }
            }
        }
        + ["updateContact", "updateRegistrantContact"].flatMap { function in
            ["type", "extra"].map { added("domains/\(function)/result/\($0)", contactReason) }
                + [
                    added(
                        "domains/\(function)/result/contact_id",
                        "the recordings of providers that change a contact in place return its id so")
                ]
        }

    private static let contactReason =
        "the recordings of CentralNic and OpenSRS return a contact's type, those of Nominet further data"

    private static let officeTools: [Self] = ["create", "renew", "changePackage"].map {
        Self(
            place: "office-tools/\($0)/parameters/billing/expiry_date",
            catalogue: "string optional nullable date:Y-m-d",
            blueprint: "string optional nullable date_format:Y-m-d",
            reason: "the rule `date` takes no form; a day in the form that is named there is meant")
    }

    /// A field that the catalogue does not have.
    private static func added(_ place: String, _ reason: String) -> Self {
        Self(place: place, catalogue: "absent", blueprint: "there", reason: reason)
    }
}
