import Models

/// The page that tells what every category and provider can do, in Markdown, made from the contracts alone.
struct CataloguePage {
    let blueprints: [BlueprintDefinition]
    /// In the order of their columns.
    let providers: [ProviderDescriptor]

    var text: String {
        let intro = """
            # Blueprints and providers

            What each category can do, who may do it, and which providers do it. Made from the contract files by a test, which
            fails where this page is behind and writes it anew with
            `PURSER_WRITE_CATALOGUE=1 swift test --filter CatalogueTests`.

            | effect | running a function twice |
            |---|---|
            | read | changes nothing |
            | idempotent | is the same as once |
            | conditional | is guarded by a value read before |
            | verifyFirst | would be two things: whoever may be repeating it looks first |
            | irreversible | cannot be taken back: whoever may be repeating it looks first |

            """
        return ([intro] + blueprints.map(section)).joined(separator: "\n")
    }

    private func section(_ blueprint: BlueprintDefinition) -> String {
        let own = providers.filter { $0.category == blueprint.category }
        var lines = ["## \(blueprint.title) (`\(blueprint.category)`)", "", blueprint.help, ""]
        lines += table(
            ["function", "button", "effect", "open to", "what it does"],
            blueprint.functions.map { function in
                let audience = function.audience == .client ? "admins and clients" : "admins"
                return [
                    "`\(function.name)`", function.title, function.effect.rawValue, audience,
                    function.help,
                ]
            })
        for function in blueprint.functions {
            guard let reason = function.unobservable else { continue }
            let head = "`\(function.name)` cannot be looked for, and a possible repeat waits for a person."
            lines += ["", "\(head) \(reason)"]
        }
        lines += [""] + (own.isEmpty ? ["No provider yet."] : support(blueprint, own))
        return lines.joined(separator: "\n") + "\n"
    }

    private func support(_ blueprint: BlueprintDefinition, _ providers: [ProviderDescriptor]) -> [String] {
        var hasBlind = false
        let rows = blueprint.functions.map { function in
            ["`\(function.name)`"]
                + providers.map { provider in
                    guard let support = provider.functions.first(where: { $0.name == function.name }) else {
                        return "–"
                    }
                    let isBlind = function.mustObserveRepeats && !support.isObservable
                    hasBlind = hasBlind || isBlind
                    return isBlind ? "yes*" : "yes"
                }
        }
        var lines = table(["function"] + providers.map(\.title), rows)
        if hasBlind {
            lines += [
                "",
                "\\* It cannot tell whether a run before has done it: a possible repeat waits for a person.",
            ]
        }
        lines.append("")
        for provider in providers {
            lines.append(
                "- [\(provider.title)](\(provider.vendorPage)) (`\(provider.provider)`): \(provider.help)")
            for function in provider.functions {
                let told = [function.note, function.unobservable].compactMap { $0 }.joined(separator: " ")
                if !told.isEmpty { lines.append("  - `\(function.name)`: \(told)") }
            }
        }
        return lines
    }

    private func table(_ head: [String], _ rows: [[String]]) -> [String] {
        let lines = [head] + [head.map { _ in "---" }] + rows
        return lines.map { cells in
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }
    }
}
