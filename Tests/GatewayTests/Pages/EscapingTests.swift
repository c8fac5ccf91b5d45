import Foundation
import HTTPTypes
import Models
import Synchronization
import Testing

@testable import Gateway

/// Names that would like to be more than names.
@Suite struct EscapingTests {
    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        // A quotation mark that is no character of its own: with a combining mark behind it, with a prefix before it, with a
        // joiner.
        "\"\u{301} onfocus=alert(1) autofocus x=\"\u{301}", "\u{600}\" onfocus=alert(1) x=",
        "<\u{338}script>", "\"\u{200D} onfocus=alert(1)", "{{page.csrf}}", "{{{page.csrf}}}", "&lt;b&gt;",
    ]

    /// Whether a text has a tag or the end of an attribute in it.
    private static func isHarmless(_ text: some StringProtocol) -> Bool {
        !text.unicodeScalars.contains { $0 == "<" || $0 == ">" || $0 == "\"" || $0 == "'" }
    }

    @Test("A text is escaped, also within an attribute", arguments: hostile)
    func escaped(text: String) throws {
        let shown = try Templates().render(
            text: "<i title=\"{{name}}\">{{name}}</i>", ["name": .string(text)])
        let parts = shown.unicodeScalars.split(separator: ">")
        let attribute = String(String.UnicodeScalarView(parts[0])).dropFirst("<i title=\"".count).dropLast()
        #expect(Self.isHarmless(attribute), "\(attribute)")
        let content = String(String.UnicodeScalarView(parts[1])).dropLast("</i".count)
        #expect(Self.isHarmless(content), "\(content)")
        // Nothing is lost: read back, it is the text that went in.
        #expect(Self.read(content) == text)
        #expect(Self.read(attribute) == text)
    }

    private static func read(_ text: some StringProtocol) -> String {
        var text = String(text)
        for (entity, scalar) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#123;", "{"), ("&amp;", "&"),
        ] {
            text = text.replacingOccurrences(of: entity, with: scalar, options: .literal)
        }
        return text
    }

    @Test("No page lets a hostile name through", arguments: hostile)
    func pages(name: String) async throws {
        try await GatewayHarness.run { harness in
            let action = ActionID.make()
            let client = Client(
                id: harness.janeID, name: name, email: "jane@example.com", company: name, createdAt: .now)
            harness.fake.state.withLock { state in
                state.clients[client.id] = client
                var product = harness.product
                product.name = name
                product.provisionFields = ["username": .string(name), "hostile\"<": .string(name)]
                product.actionsAvailable = [
                    AvailableAction(
                        function: "suspend", title: "Suspend", effect: "idempotent", audience: "admin",
                        parameters: ["username": .string(name)])
                ]
                state.products[product.id] = product
                var made = Fixtures.action(action, "suspend", on: product)
                made.parameters = ["username": .string(name)]
                made.error = ActionError(kind: .rejected, message: name, details: ["said": .string(name)])
                made.requestedBy = name
                made.state = .failed
                state.actions[action] = made
                state.configurations[product.configurationID] = Configuration(
                    id: product.configurationID, category: "hosting", provider: "demo", name: name,
                    settings: ["hostname": .string(name)], createdAt: .now, updatedAt: .now)
            }
            let product = harness.product.id
            for path in [
                "/admin", "/admin/clients", "/admin/clients/\(client.id)", "/admin/products",
                "/admin/products/\(product)", "/admin/products/\(product)/configuration",
                "/admin/products/\(product)/fields", "/admin/products/\(product)/log",
                "/admin/products/\(product)/run/suspend", "/admin/actions", "/admin/actions/\(action)",
                "/admin/attention", "/admin/configurations",
                "/admin/configurations/\(harness.product.configurationID)",
            ] {
                let answer = try await harness.page(path)
                #expect(answer.status == 200, "\(path): \(answer.text.prefix(600))")
                #expect(!Self.hasBrokenOut(answer.text), "\(path)")
            }
        }
    }

    /// Whether a quotation mark or a tag of a name stands in a page as itself: then an attribute or an element has grown that no
    /// template has.
    private static func hasBrokenOut(_ page: String) -> Bool {
        let scalars = String(
            String.UnicodeScalarView(
                page.unicodeScalars.filter {
                    $0 != "\u{301}" && $0 != "\u{200D}" && $0 != "\u{600}" && $0 != "\u{338}"
                }))
        return [
            "<script>", "<img src=x", "\" onfocus=", "' onmouseover=", "\"> onfocus", "=\"\" onfocus", "<b>",
        ].contains { scalars.contains($0) }
    }
}
