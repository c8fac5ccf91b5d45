import Foundation
import Models
import ServiceRuntime
import SystemSupport
import Testing
import TestSupport

@Suite("compose/up")
struct ComposeUpTests {
    /// How long it may take to end.
    private static let endLimit: Duration = .seconds(25)

    @Test(
        "It provisions, keeps processes running, ends in order, and continues",
        arguments: PurserSystem.Form.allCases)
    func lifeCycle(_ form: PurserSystem.Form) async throws {
        await PurserSystem.slots.take()
        defer { PurserSystem.slots.give() }
        let up = try ComposeUp(form)
        let first = try await up.start()
        do {
            try await checkFirstStart(of: up, first)
            if form == .rabbitMQ { try await checkRevival(of: up) }
            try await end(first, of: up)
        } catch {
            first.signalGroup(SIGKILL)
            throw error
        }

        let second = try await up.start()
        do {
            let products = try await up.http.call(.get, "/v1/contract-products")["items"]?.arrayValue ?? []
            #expect(products.count == Self.categories.count, "the demo data is set up once")
            let hosting = products.first { $0["category"] == "hosting" }
            let id = try #require(hosting?["id"]?.stringValue)
            let answer = try await up.http.call(
                .post, "/v1/contract-products/\(id)/actions?wait=30", ["function": "suspend"])
            #expect(answer.json.state == "succeeded", "\(answer)")
            try await end(second, of: up)
        } catch {
            second.signalGroup(SIGKILL)
            throw error
        }
        if form == .rabbitMQ { #expect(try up.isBusCaptured()) }
        let leaks = try up.leaks()
        #expect(leaks.isEmpty, "\(leaks)")
        try up.remove()
    }

    private static let categories = Blueprints.all.map(\.category)

    /// The demo client's products are provisioned, one in each category, and it is told where things are and what happens.
    private func checkFirstStart(of up: ComposeUp, _ process: ServiceProcess) async throws {
        try await eventually(
            within: .seconds(90), every: .milliseconds(100), "the demo products\n\(process.tail())"
        ) {
            let products = try await up.http.call(.get, "/v1/contract-products")["items"]?.arrayValue ?? []
            let active = products.filter { $0["status"] == "active" }
            return Set(active.compactMap { $0["category"]?.stringValue }) == Set(Self.categories)
        }
        try await eventually(within: .seconds(30), every: .milliseconds(100), "the log\n\(process.tail())") {
            process.text().contains("Committed outcome")
        }
        #expect(process.text().contains("\(up.http.base)"))
        #expect(process.text().contains("admin"))
        #expect(process.text().contains("demo-client-token"))
        #expect(!process.text().contains(PurserSystem.adminToken), "a credential is not shown")
        try await checkSignIn(to: up, as: "admin@localhost", passwordIn: "admin-password", role: "admin")
        try await checkSignIn(
            to: up, as: "client@localhost", passwordIn: "demo-client-password", role: "client")
        if up.form == .rabbitMQ {
            for part in Part.services {
                let id = try #require(try up.process(part), "\(part.rawValue)")
                #expect(kill(id, 0) == 0, "\(part.rawValue)")
            }
        }
    }

    /// The users of a first start sign in with passwords that only the owner of the data folder can read.
    private func checkSignIn(
        to up: ComposeUp, as email: String, passwordIn name: String, role: String
    ) async throws {
        let file = up.dataFolder.appending(path: name).path
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let password = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines)
        let answer = try await up.http.with(token: nil).call(
            .post, "/v1/sessions", ["email": .string(email), "password": .string(password)])
        #expect(answer.status == 201, "\(answer)")
        #expect(answer["user"]?["role"] == .string(role))
    }

    /// A process that dies is started again.
    private func checkRevival(of up: ComposeUp) async throws {
        for part in Part.services {
            let before = try #require(try up.process(part))
            #expect(kill(before, SIGKILL) == 0)
            try await eventually(
                within: .seconds(30), every: .milliseconds(50), "the revival of \(part.rawValue)"
            ) {
                guard let now = try up.process(part) else { return false }
                return now != before && kill(now, 0) == 0
            }
        }
        try await eventually(within: .seconds(60), every: .milliseconds(100), "readiness") {
            do {
                return try await up.http.call(.get, "/readyz", within: .seconds(5)).status == 200
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                return false
            }
        }
    }

    /// As Ctrl-C and an init system do: the signal goes to the whole group.
    private func end(_ process: ServiceProcess, of up: ComposeUp) async throws {
        let begun = ContinuousClock.now
        process.signalGroup(SIGTERM)
        let end = try await process.ended(within: Self.endLimit + .seconds(10))
        print("compose/up (\(up.form.rawValue)) ended within \(begun.duration(to: .now)).")
        #expect(begun.duration(to: .now) < Self.endLimit)
        #expect(end == .exited(0))
        // The broker's own name server may take a moment.
        var left: [String] = []
        try await eventually(
            within: .seconds(10), every: .milliseconds(100), "an end of all processes: \(left)"
        ) {
            left = try up.running()
            return left.isEmpty
        }
    }
}
