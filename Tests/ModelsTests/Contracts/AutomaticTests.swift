import Models
import Testing

@Suite("What blueprints say of what happens by itself")
struct AutomaticTests {
    @Test("Every business event is known in every category, and says what follows", arguments: Blueprints.all)
    func events(blueprint: BlueprintDefinition) {
        #expect(
            Set(blueprint.businessEvents.map(\.type)) == Set(BusinessEventType.allCases.map(\.rawValue)))
        for event in blueprint.businessEvents {
            #expect((event.function == nil) != (event.notDone == nil), "\(event.type)")
            #expect(event.onlyWhereStatus.map { ProductStatus(rawValue: $0) != nil } ?? true)
        }
    }

    @Test("What undoes what is the same everywhere", arguments: Blueprints.all)
    func undoing(blueprint: BlueprintDefinition) {
        let expected: [String: Set<String>] = [
            "product.activated": ["product.cancelled"],
            "product.paid": ["product.overdue", "product.cancelled"],
            "product.renewed": ["product.overdue", "product.cancelled"],
        ]
        for event in blueprint.businessEvents {
            #expect(Set(event.undoes) == expected[event.type] ?? [], "\(event.type)")
        }
    }

    @Test("Statuses are known", arguments: Blueprints.all)
    func statuses(blueprint: BlueprintDefinition) {
        let told =
            blueprint.functions.flatMap { [$0.statusAfter, $0.statusWhileDeferred] }
            + blueprint.notices.map(\.status)
        for status in told.compactMap({ $0 }) { #expect(ProductStatus(rawValue: status) != nil, "\(status)") }
    }

    @Test("A way to sign in is kept for five minutes", arguments: Blueprints.all)
    func expiry(blueprint: BlueprintDefinition) {
        for function in blueprint.functions {
            let isWayIn = ["getLoginUrl", "login", "getConnection"].contains(function.name)
            #expect(function.resultKeptSeconds == (isWayIn ? 300 : nil), "\(function.name)")
        }
    }

    @Test("Every type of notice of a domain means something")
    func notices() throws {
        let poll = try #require(Domains.blueprint.function("poll"))
        let notification = try #require(poll.result.first { $0.name == "notifications" }?.items?.first)
        let type = try #require(notification.fields?.first { $0.name == "type" })
        guard case .in(let known)? = type.rules.first else {
            Issue.record("the types are not listed")
            return
        }
        #expect(Set(known) == Set(Domains.blueprint.notices.map(\.type)))
    }

    @Test("Fields with secrets are each named once", arguments: Blueprints.all)
    func secrets(blueprint: BlueprintDefinition) {
        let names = blueprint.secretFields.map(\.name)
        #expect(Set(names).count == names.count)
        for function in blueprint.functions {
            for field in function.parameters + function.result where field.hasSecrets {
                #expect(names.contains(field.name))
            }
        }
    }
}
