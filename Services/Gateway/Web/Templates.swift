import Models
import Mustache

/// The templates of all pages, read once.
struct Templates: Sendable {
    private let library: MustacheLibrary

    /// - Throws: where a template cannot be read; that is a defect, told at the start.
    init() throws {
        var library = MustacheLibrary()
        for asset in WebAsset.all where asset.name.hasSuffix(".mustache") {
            let name = asset.name.dropFirst("templates/".count).dropLast(".mustache".count)
            try library.register(asset.content, named: String(name))
        }
        self.library = library
    }

    /// The page of a template; texts of the model are escaped.
    ///
    /// - Throws: a defect: there is no such template.
    func render(_ name: String, _ model: [String: JSONValue]) throws -> String {
        guard let text = library.render(model, withTemplate: name) else { throw Problem.internal }
        return text
    }

    /// The same of a template that is in no file; for tests.
    func render(text: String, _ model: [String: JSONValue]) throws -> String {
        try MustacheTemplate(string: text).render(model, library: library)
    }
}
