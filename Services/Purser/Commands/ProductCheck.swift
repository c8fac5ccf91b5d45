import ArgumentParser
import Models

struct ProductCheck: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Compare contract products with their providers.",
        discussion: """
            Reads a product at its provider by an ordinary action, and tells every provision field, and the status, that \
            the provider says otherwise. Nothing is changed without --adopt, which writes what the provider says to the \
            product, and to its history with who asked for it.

            Exit status 1 where a product differs or could not be compared.
            """)

    /// How many products are compared at once.
    private static let concurrency = 8

    @Argument(help: "Id of the contract product.") var id: String?
    @Flag(help: "Compare all products.") var all = false
    @Flag(help: "Take over what the provider says.") var adopt = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if (id == nil) != all { throw ValidationError("Give the id of a contract product, or --all.") }
        if all, adopt { throw ValidationError("--adopt is for one product at a time: look at each before.") }
    }

    func run(_ client: PurserClient) async throws {
        let ids: [String]
        if let id { ids = [try pathPart(id)] } else { ids = try await Self.allProducts(client) }
        let reports = try await reports(of: ids, client)
        let answer = JSONValue.object(["items": .array(reports)])
        show(answer) { ProductCheckText.full($0.items) }
        guard reports.allSatisfy({ ProductCheckText.isFine($0) }) else {
            throw ExitCode(CommandFailure.Status.refused.rawValue)
        }
    }

    private static func allProducts(_ client: PurserClient) async throws -> [String] {
        var ids: [String] = []
        var cursor: String?
        repeat {
            let answer = try await client.get(
                "/v1/contract-products", [("limit", "200"), ("cursor", cursor)])
            ids += answer.items.compactMap { $0.text("id") }
            cursor = answer["next_cursor"]?.stringValue
        } while cursor != nil
        return ids
    }

    /// One report a product, in the order of the products.
    private func reports(of ids: [String], _ client: PurserClient) async throws -> [JSONValue] {
        let adopt = adopt
        return try await withThrowingTaskGroup(of: (Int, JSONValue).self) { group in
            var reports = [JSONValue](repeating: .null, count: ids.count)
            for (place, id) in ids.enumerated() {
                if place >= Self.concurrency, let (place, report) = try await group.next() {
                    reports[place] = report
                }
                group.addTask { (place, try await Self.report(of: id, adopt: adopt, client)) }
            }
            for try await (place, report) in group { reports[place] = report }
            return reports
        }
    }

    /// What a check came to: `differences`, or `problem` where it could not be made.
    private static func report(of id: String, adopt: Bool, _ client: PurserClient) async throws -> JSONValue {
        var report: [String: JSONValue] = ["id": .string(id), "adopted": .bool(adopt)]
        do {
            let action = try await client.post(
                "/v1/contract-products/\(id)/check?wait=60", ["adopt": .bool(adopt)])
            report["action_id"] = action["id"]
            report["differences"] = action["differences"]
            if action["differences"] == nil {
                let why = action["error"]?.text("message") ?? action.text("waiting_because")
                report["problem"] = .string(why ?? "The check has not ended yet.")
            }
        } catch let failure as CommandFailure where failure.status == .refused {
            report["problem"] = .string(failure.message)
        }
        return .object(report)
    }
}

/// Comparisons as people read them.
enum ProductCheckText {
    static func full(_ reports: [JSONValue]) -> String {
        guard !reports.isEmpty else { return "There are no contract products." }
        let differing = reports.filter { !($0["differences"]?.arrayValue ?? []).isEmpty }
        let parts = reports.filter { !isFine($0) || $0["adopted"] == true }.map(one)
        let failed = reports.count { $0["problem"] != nil }
        let summary =
            "\(reports.count) compared, \(differing.count) differing, \(failed) that could not be compared."
        return (parts + [summary]).joined(separator: "\n\n")
    }

    /// Whether it could be compared, and is as it should be now.
    static func isFine(_ report: JSONValue) -> Bool {
        guard report["problem"] == nil else { return false }
        return report["adopted"] == true || (report["differences"]?.arrayValue ?? []).isEmpty
    }

    static func table(_ differences: [JSONValue]) -> String {
        Table(
            ["differs", "here", "at the provider"], empty: "Nothing differs.",
            differences.map { difference in
                [
                    Cell(difference.text("field"), .bold), Cell(difference.text("ours")),
                    Cell(difference.text("theirs"), .yellow),
                ]
            }
        ).text
    }

    private static func one(_ report: JSONValue) -> String {
        let name = Style.bold.apply(to: report.text("id") ?? "")
        if let problem = report.text("problem") {
            return "\(name) could not be compared: \(Cell(problem).text)"
        }
        let differences = report["differences"]?.arrayValue ?? []
        let verb =
            report["adopted"] == true && !differences.isEmpty
            ? "differed; what the provider says was taken over"
            : differences.isEmpty ? "is as at its provider" : "differs"
        return "\(name) \(verb)" + (differences.isEmpty ? "" : "\n" + table(differences))
    }
}
