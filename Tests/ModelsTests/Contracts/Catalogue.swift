import Models

/// The facts that a blueprint is held against: one file a category in `Catalogue/`.
struct Catalogue: Decodable {
    struct Function: Decodable {
        let name: String
        let parameters: [Field]
        let returns: [Field]
    }

    struct Field: Decodable {
        let name: String?
        let type: FieldDefinition.FieldType
        let required: Bool
        let nullable: Bool
        let rules: [String]
        let fields: [Field]?
        let items: [Item]?

        private enum CodingKeys: String, CodingKey {
            case name, type, required, nullable, rules, fields, items
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            name = try container.decodeIfPresent(String.self, forKey: .name)
            type = try container.decode(FieldDefinition.FieldType.self, forKey: .type)
            required = try container.decode(Bool.self, forKey: .required)
            nullable = try container.decode(Bool.self, forKey: .nullable)
            rules = try container.decodeIfPresent([String].self, forKey: .rules) ?? []
            fields = try container.decodeIfPresent([Field].self, forKey: .fields)
            items = try container.decodeIfPresent(Field.self, forKey: .items).map { [Item(field: $0)] }
        }
    }

    /// What each element of a list is.
    struct Item {
        let field: Field
    }

    let functions: [Function]
}

extension Catalogue {
    /// Where a blueprint says something else on purpose.
    struct Difference: Hashable {
        /// Category, function, `parameters` or `result`, and the field's path.
        let place: String
        let catalogue: String
        let blueprint: String
        let reason: String

        static func == (left: Self, right: Self) -> Bool { left.told == right.told }
        func hash(into hasher: inout Hasher) { hasher.combine(told) }

        var told: String { "\(place): catalogue \(catalogue), blueprint \(blueprint)" }
    }

    /// Every difference between the catalogue and a blueprint.
    func differences(from blueprint: BlueprintDefinition) -> [Difference] {
        let names = functions.map { Self.spelling($0.name) }
        var found: [Difference] = []
        for name in Set(names).symmetricDifference(blueprint.functions.map(\.name)).sorted() {
            found.append(Self.presence("\(blueprint.category)/\(name)", inCatalogue: names.contains(name)))
        }
        for function in functions {
            guard let ours = blueprint.function(Self.spelling(function.name)) else { continue }
            let place = "\(blueprint.category)/\(ours.name)"
            found += Self.differences(function.parameters, ours.parameters, at: "\(place)/parameters")
            found += Self.differences(function.returns, ours.result, at: "\(place)/result")
        }
        return found
    }

    /// `unSuspend` is spelt `unsuspend` everywhere.
    private static func spelling(_ name: String) -> String { name == "unSuspend" ? "unsuspend" : name }

    private static func presence(_ place: String, inCatalogue: Bool) -> Difference {
        Difference(
            place: place, catalogue: inCatalogue ? "there" : "absent",
            blueprint: inCatalogue ? "absent" : "there", reason: "")
    }

    private static func differences(_ theirs: [Field], _ ours: [FieldDefinition], at place: String)
        -> [Difference]
    {
        let names = theirs.compactMap(\.name)
        var found = Set(names).symmetricDifference(ours.map(\.name)).sorted().map {
            presence("\(place)/\($0)", inCatalogue: names.contains($0))
        }
        for field in theirs {
            guard let other = ours.first(where: { $0.name == field.name }) else { continue }
            found += differences(field, other, at: "\(place)/\(other.name)")
        }
        return found
    }

    private static func differences(_ theirs: Field, _ ours: FieldDefinition, at place: String)
        -> [Difference]
    {
        var found: [Difference] = []
        if theirs.summary != ours.summary {
            found.append(
                Difference(place: place, catalogue: theirs.summary, blueprint: ours.summary, reason: ""))
        }
        switch (theirs.fields, ours.fields) {
        case (let left?, let right?): found += differences(left, right, at: place)
        case (nil, nil): break
        case (let left, _): found.append(presence("\(place)/{}", inCatalogue: left != nil))
        }
        switch (theirs.items?.first, ours.items?.first) {
        case (let left?, let right?): found += differences(left.field, right, at: "\(place)/[]")
        case (nil, nil): break
        case (let left, _): found.append(presence("\(place)/[]", inCatalogue: left != nil))
        }
        return found
    }
}

extension Catalogue.Field {
    /// The field in one line, its rules in a fixed order.
    fileprivate var summary: String {
        ([type.rawValue, required ? "required" : "optional", nullable ? "nullable" : "not null"]
            + rules.sorted())
            .joined(separator: " ")
    }
}

extension FieldDefinition {
    fileprivate var summary: String {
        ([type.rawValue, isRequired ? "required" : "optional", isNullable ? "nullable" : "not null"]
            + rules.map(\.text).sorted())
            .joined(separator: " ")
    }
}
