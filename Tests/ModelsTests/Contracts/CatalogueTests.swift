import Foundation
import Models
import Testing

@Suite("Blueprints and the catalogue")
struct CatalogueTests {
    /// Where a blueprint differs on purpose, and why. One that no longer differs fails.
    static let deliberate: Set<Catalogue.Difference> = []

    @Test("Every blueprint has its catalogue file, and every file a blueprint")
    func complete() throws {
        #expect(try Resource.names(in: "Catalogue") == Set(BlueprintDefinition.all.map(\.category)))
    }

    @Test("A blueprint is the catalogue's, field by field", arguments: BlueprintDefinition.all)
    func sameFields(blueprint: BlueprintDefinition) throws {
        let data = try Resource.data("Catalogue/\(blueprint.category).json")
        let catalogue = try JSONDecoder().decode(Catalogue.self, from: data)
        let found = Set(catalogue.differences(from: blueprint))
        let allowed = Self.deliberate.filter { $0.place.hasPrefix(blueprint.category + "/") }
        for difference in found.subtracting(allowed) { Issue.record("\(difference.told)") }
        for difference in allowed.subtracting(found) { Issue.record("no longer differs: \(difference.told)") }
    }

    @Test("Every field and function has a line of help", arguments: BlueprintDefinition.all)
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

    @Test("Passwords, keys and one-off addresses are secret", arguments: BlueprintDefinition.all)
    func secrets(blueprint: BlueprintDefinition) {
        func check(_ fields: [FieldDefinition], _ place: String) {
            for field in fields {
                let words = [
                    "password", "secret", "token", "login_url", "post_fields", "epp_code", "private_key",
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
