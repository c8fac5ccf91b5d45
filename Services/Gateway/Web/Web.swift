import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import NIOCore

/// What pages are made with.
struct Web: Sendable {
    let templates: Templates
    let api: WebAPI

    /// A page within its area.
    ///
    /// - Parameter status: 422 where a form comes back with messages.
    func page(
        _ call: Call, _ template: String, _ heading: Heading, _ model: [String: JSONValue],
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        var model = model
        model["page"] = try frame(heading, call)
        return .html(try templates.render(template, model), status: status)
    }

    /// A page that says what went wrong; it knows nobody. Nil where not even that can be drawn.
    func problem(_ problem: Problem) -> Response? {
        let model: [String: JSONValue] = [
            "page": plainFrame(problem.kind.title), "status": .integer(problem.kind.status.code),
            "detail": .string(problem.detail), "errors": .array(problem.errors.map { .string($0.sentence) }),
        ]
        do {
            return .html(try templates.render("problem", model), status: problem.kind.status)
        } catch {
            return nil
        }
    }

    /// What the layout needs of a page without an area, such as the sign-in.
    ///
    /// - Parameter done: the note of what was done before, by its name.
    func plainFrame(_ title: String, done: JSONValue? = nil) -> JSONValue {
        [
            "title": .string(title), "area": "plain", "assets": Self.assets, "nav": [], "user": .null,
            "note": Self.note(done),
        ]
    }

    private static func note(_ done: JSONValue?) -> JSONValue {
        done?.stringValue.flatMap { Note.text($0) }.map(JSONValue.string) ?? .null
    }

    private func frame(_ heading: Heading, _ call: Call) throws -> JSONValue {
        let principal = try call.principal
        return [
            "title": .string(heading.title), "area": .string(heading.area.rawValue), "assets": Self.assets,
            "area_title": .string(heading.area.title), "home": .string(heading.area.path),
            "nav": .array(heading.area.navigation(principal, current: heading.section)),
            "areas": .array(Area.open(to: principal, except: heading.area)),
            "crumbs": .array(heading.crumbs.map { ["title": .string($0.title), "href": .string($0.path)] }),
            "has_search": .bool(heading.area == .admin),
            "search": .string(call.query["q"]?.stringValue ?? ""),
            "csrf": call.session.map { .string($0.csrfToken) } ?? .null,
            "has_session": .bool(call.session != nil),
            "is_viewing": .bool(principal.isViewing),
            "user": ["name": .string(principal.name), "role": .string(principal.role.rawValue)],
            "account": call.session != nil && !principal.isViewing ? .string(AccountPages.path) : .null,
            "note": Self.note(call.query["done"]),
        ]
    }

    private static let assets: JSONValue = [
        "css": .string(WebAsset.path("purser.css")), "js": .string(WebAsset.path("purser.js")),
        "icon": .string(WebAsset.path("icon.svg")),
    ]
}

/// What stands above a page.
struct Heading: Sendable {
    let title: String
    let area: Area
    /// The path of the entry of the navigation that it belongs to.
    var section: String?
    /// The pages above it, the first one outermost.
    var crumbs: [(title: String, path: String)] = []
}

extension Response {
    /// What pages may load: our own style sheets and scripts, no inline ones, and forms that go to us alone.
    static let pagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8", .contentSecurityPolicy: pagePolicy],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// Sends the browser to another page of ours, by GET.
    static func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path])
    }
}

extension FieldProblem {
    /// As a sentence with the field before it.
    var sentence: String {
        pointer.isEmpty ? detail : "\(pointer.split(separator: "/").last ?? ""): \(detail)"
    }
}
