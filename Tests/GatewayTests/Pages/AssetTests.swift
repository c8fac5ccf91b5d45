import HTTPTypes
import HummingbirdCore
import Testing

@testable import Gateway

/// What pages load.
@Suite struct AssetTests {
    @Test func `every asset that a page names is there, of its kind, and kept for ever`() async throws {
        try await GatewayHarness.run { harness in
            let page = try await harness.page("/sign-in", .nobody)
            #expect(page.headers[.contentSecurityPolicy] == Response.pagePolicy)
            let paths = page.text.matches(of: /"(\/assets\/[^"]+)"/).map { String($0.output.1) }
            #expect(Set(paths).count == 3)
            for path in paths {
                let asset = try await harness.call(.get, path, token: nil)
                #expect(asset.status == 200, "\(path)")
                #expect(asset.headers[.cacheControl] == "public, max-age=31536000, immutable")
                #expect(asset.headers[.xContentTypeOptions] == "nosniff")
                let type = try #require(asset.headers[.contentType])
                #expect(
                    type
                        == (path.hasSuffix("css")
                            ? "text/css; charset=utf-8"
                            : path.hasSuffix("js") ? "text/javascript; charset=utf-8" : "image/svg+xml"))
            }
            let answer1 = try await harness.call(.get, "/assets/purser-0000.css", token: nil)
            #expect(answer1.status == 404)
        }
    }

    @Test func `no template has a script or a style of its own`() {
        for asset in WebAsset.all where asset.name.hasSuffix(".mustache") {
            #expect(!asset.content.contains(/\son[a-z]+=/), "\(asset.name)")
            #expect(!asset.content.contains(/\sstyle=/), "\(asset.name)")
            #expect(!asset.content.contains("<style"), "\(asset.name)")
            #expect(
                !asset.content.contains(/<script(?! src="\{\{page\.assets\.js\}\}" defer>)/), "\(asset.name)")
            // Nothing goes onto a page unescaped.
            #expect(!asset.content.contains("{{{") && !asset.content.contains("{{&"), "\(asset.name)")
        }
    }

    @Test func `every form that changes something sends the session's token`() {
        for asset in WebAsset.all
        where asset.name.hasSuffix(".mustache") && asset.name != "templates/sign-in.mustache" {
            let forms = asset.content.split(separator: "<form method=\"post\"").dropFirst()
            for form in forms {
                let head = form.prefix(300)
                #expect(head.contains("{{> csrf}}") || head.contains("csrf_token"), "\(asset.name)")
            }
        }
    }
}
