import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

/// Decides on several actions: a few first, and the rest once someone has seen what became of those.
///
/// The set is frozen: the ids that were ticked go along in the page's form, so what fails in the meantime does not join
/// them.
struct GroupDecision: Sendable {
    /// How many are decided first.
    static let firstCount = 3
    /// The most in one set.
    static let limit = 200
    /// The rest is decided at most this fast, so that a provider that has just come back is not run over.
    static let pause: Duration = .milliseconds(50)
    /// After so many it is looked how the latest three times as many fare, and so many that have failed again stop the rest.
    static let lookEvery = 10
    static let failureLimit = 3

    let web: Web
    let upstream: Upstream

    private static let decisions: Set<String> = ["retry", "adopt", "abandon", "cancel"]

    func answer(_ call: Call) async throws -> Response {
        guard let decision = call.form["decision"], Self.decisions.contains(decision) else {
            throw Problem.invalid(
                "/decision", "must be one of \(Self.decisions.sorted().joined(separator: ", "))")
        }
        let ids = call.form.all("id").prefix(Self.limit).filter { ActionID(rawValue: $0).isWellFormed }
        let done = call.form.all("done").prefix(Self.limit).filter { ActionID(rawValue: $0).isWellFormed }
        let kind = call.form["attention"].flatMap { Attention(rawValue: $0) } ?? .failed
        guard !ids.isEmpty else { return .seeOther("/admin/attention?attention=\(kind.rawValue)") }
        let now = done.isEmpty ? Array(ids.prefix(Self.firstCount)) : Array(ids)
        var decided: [String] = []
        var failure: Problem?
        for (index, id) in now.enumerated() {
            if index >= Self.firstCount { try await Task.sleep(for: Self.pause) }
            if decision == "retry", index > 0, index.isMultiple(of: Self.lookEvery) {
                failure = try await failures(among: decided.suffix(3 * Self.lookEvery), call)
                if failure != nil { break }
            }
            do {
                try await web.api.ask("\(decision)Action", call, path: ["id": id])
                decided.append(id)
            } catch {
                // The first refusal stops the rest; those decided before it stay so.
                failure = try Problem(ofForm: error)
                break
            }
        }
        let rest = ids.filter { !decided.contains($0) }
        return try await page(
            call, decision, kind, decided: done + decided, rest: rest, failure: failure)
    }

    /// What stops the rest; nil where it may go on.
    private func failures(among ids: ArraySlice<String>, _ call: Call) async throws -> Problem? {
        var failed = 0
        for id in ids {
            let action = try await web.api.ask("showAction", call, path: ["id": id])
            if action["state"]?.stringValue == ActionState.failed.rawValue { failed += 1 }
        }
        guard failed >= Self.failureLimit else { return nil }
        return Problem(
            .conflict, "\(failed) of those just retried have failed again; the rest were left alone.")
    }

    private func page(
        _ call: Call, _ decision: String, _ kind: Attention, decided: [String], rest: [String],
        failure: Problem?
    ) async throws -> Response {
        var actions: [JSONValue] = []
        for id in decided { actions.append(try await web.api.ask("showAction", call, path: ["id": id])) }
        let names = try await web.names(in: actions, ["contract_product_id"], call, upstream)
        let failed = actions.count { $0["state"]?.stringValue == ActionState.failed.rawValue }
        let titles = ["retry": "Retry", "adopt": "Adopt", "abandon": "Abandon", "cancel": "Cancel"]
        let title = titles[decision] ?? decision
        let model: [String: JSONValue] = [
            "decision": .string(decision), "kind": .string(kind.rawValue), "decision_title": .string(title),
            "decided_count": .integer(decided.count), "rest_count": .integer(rest.count),
            "failed_count": .integer(failed), "has_failed": .bool(failed > 0 && decision == "retry"),
            "rest": .array(rest.map(JSONValue.string)), "decided": .array(decided.map(JSONValue.string)),
            "has_rest": .bool(!rest.isEmpty),
            "failure": failure.map { .string($0.detail) } ?? .null,
            "actions": .array(actions.map { Rows.action($0, in: .admin, names: names) }),
            "has_actions": .bool(!actions.isEmpty), "with_product": true, "with_requester": false,
            "back": .string("/admin/attention?attention=\(kind.rawValue)"),
        ]
        let heading = Heading(
            title: "\(title) a group", area: .admin, section: "/admin/attention",
            crumbs: [("Needs attention", "/admin/attention?attention=\(kind.rawValue)")])
        return try web.page(call, "admin-group", heading, model)
    }
}
