import Foundation
import Models
import Testing

@Suite("Blueprints and the catalogue")
struct CatalogueTests {
    /// Where a blueprint differs on purpose, and why. One that no longer differs fails.
    static let deliberate: Set<Catalogue.Difference> = Set(
        ["create", "renew", "changePackage"].map {
            Catalogue.Difference(
                place: "office-tools/\($0)/parameters/billing/expiry_date",
                catalogue: "string optional nullable date:Y-m-d",
                blueprint: "string optional nullable date_format:Y-m-d",
                reason: "the rule `date` takes no form; a day in the form that is named there is meant")
        })

    @Test("Every blueprint has its catalogue file, and every file a blueprint")
    func complete() throws {
        #expect(try Resource.names(in: "Catalogue") == Set(Blueprints.all.map(\.category)))
    }

    @Test("A blueprint is the catalogue's, field by field", arguments: Blueprints.all)
    func sameFields(blueprint: BlueprintDefinition) throws {
        let data = try Resource.data("Catalogue/\(blueprint.category).json")
        let catalogue = try JSONDecoder().decode(Catalogue.self, from: data)
        let found = Set(catalogue.differences(from: blueprint))
        let allowed = Self.deliberate.filter { $0.place.hasPrefix(blueprint.category + "/") }
        for difference in found.subtracting(allowed) { Issue.record("\(difference.told)") }
        for difference in allowed.subtracting(found) { Issue.record("no longer differs: \(difference.told)") }
    }

    @Test("Differences are found where there are some")
    func differences() throws {
        let data = try Resource.data("Catalogue/hosting.json")
        let catalogue = try JSONDecoder().decode(Catalogue.self, from: data)
        var changed = Hosting.blueprint
        let create = try #require(changed.functions.firstIndex { $0.name == "create" })
        changed.functions[create].parameters.removeAll { $0.name == "location" }
        let email = try #require(changed.functions[create].parameters.firstIndex { $0.name == "email" })
        changed.functions[create].parameters[email].rules = []
        let address = try #require(
            changed.functions[create].parameters.firstIndex { $0.name == "customer_address" })
        changed.functions[create].parameters[address].fields?[0].isNullable = false
        changed.functions.removeAll { $0.name == "terminate" }
        #expect(
            catalogue.differences(from: changed).map(\.told) == [
                "hosting/terminate: catalogue there, blueprint absent",
                "hosting/create/parameters/location: catalogue there, blueprint absent",
                "hosting/create/parameters/email: catalogue string required not null email, "
                    + "blueprint string required not null",
                "hosting/create/parameters/customer_address/address_1: catalogue string optional nullable, "
                    + "blueprint string optional not null",
            ])
    }

    @Test("Every field and function has a line of help", arguments: Blueprints.all)
    func help(blueprint: BlueprintDefinition) {
        func check(_ fields: [FieldDefinition], _ place: String) {
            for field in fields {
                #expect(!field.help.isEmpty || field.name.isEmpty, "\(place)/\(field.name)")
                check(field.fields ?? [], "\(place)/\(field.name)")
                check(field.items ?? [], "\(place)/\(field.name)")
            }
        }
        for function in blueprint.functions {
            #expect(!function.help.isEmpty && !function.title.isEmpty)
            check(function.parameters, "\(function.name)/parameters")
            check(function.result, "\(function.name)/result")
        }
    }

    @Test("Passwords, keys and one-off addresses are secret", arguments: Blueprints.all)
    func secrets(blueprint: BlueprintDefinition) {
        func check(_ fields: [FieldDefinition], _ place: String) {
            for field in fields {
                let words = [
                    "password", "secret", "token", "login_url", "redirect_url", "websocket_url",
                    "post_fields",
                    "epp_code", "license_key", "private_key",
                ]
                if words.contains(where: field.name.contains) {
                    #expect(field.isSecret, "\(place)/\(field.name)")
                }
                check(field.fields ?? [], "\(place)/\(field.name)")
                check(field.items?.first?.fields ?? [], "\(place)/\(field.name)")
            }
        }
        for function in blueprint.functions {
            check(function.parameters, "\(function.name)/parameters")
            check(function.result, "\(function.name)/result")
        }
    }
}

extension BlueprintDefinition: CustomTestStringConvertible {
    package var testDescription: String { category }
}
