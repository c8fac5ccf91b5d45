import AdapterKit
import AdapterTestSupport
@testable import LicensesAdapter
import Models
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("Licences at an operator's own endpoints beyond the recordings")
struct GenericTests {
    private static let settings: [String: JSONValue] = [
        "access_token": "tok-9", "create_endpoint_url": "https://lic.example.com/create",
        "create_endpoint_http_method": "post", "has_usage_data": true,
        "get_usage_data_endpoint_url": "https://lic.example.com/usage",
        "get_usage_data_endpoint_http_method": "post", "has_renew": true,
        "renew_endpoint_url": "https://lic.example.com/renew", "renew_endpoint_http_method": "put",
        "has_termination": true, "terminate_endpoint_url": "https://lic.example.com/end",
        "terminate_endpoint_http_method": "delete",
    ]
    private static let jane: [String: JSONValue] = [
        "customer_name": "Jane Doe", "customer_email": "jane@example.com",
    ]

    private static func vendor(
        _ more: [String: JSONValue] = [:], _ answer: @escaping StubTransport.Answer
    ) throws -> ProviderBench {
        try ProviderBench(
            "generic", of: LicensesAdapter.self, settings: settings.merging(more) { $1 }, answer)
    }

    @Test(
        "What is not offered is unsupported, and nothing is sent",
        arguments: ["suspend", "unsuspend", "reissue"])
    func notOffered(function: String) async throws {
        let vendor = try Self.vendor { _ in .success(.json("{}")) }
        let outcome = await vendor.run(function, ["license_key": "LK-1"])
        #expect(outcome.error?.kind == .unsupported)
        #expect(vendor.transport.sent.count == 0)
    }

    @Test("A lost answer of what may not be done twice is for a person", arguments: ["post", "get"])
    func lost(method: String) async throws {
        let vendor = try Self.vendor(["create_endpoint_http_method": .string(method)]) { request in
            .failure(ProviderError(.timedOut, mayHaveTakenEffect: request.isChanging))
        }
        #expect(await vendor.run("create", Self.jane).outcome == .unsure)
        #expect(await vendor.run("terminate", ["license_key": "LK-1"]).outcome == .unsure)
        #expect(vendor.transport.sent.count == 2)
    }

    @Test(
        "An answer without a key is no licence, and may have issued one",
        arguments: ["", "<html>", "{", "{}", "[]", #"{"license_key":""}"#, #"{"license_key":null}"#])
    func noKey(body: String) async throws {
        let vendor = try Self.vendor { _ in .success(.json(body)) }
        #expect(await vendor.run("create", Self.jane).outcome == .unsure)
    }

    @Test(
        "Units are whole numbers where they are told at all",
        arguments: [
            (#"{"units_consumed":"7"}"#, 7), (#"{"units_consumed":-2.9}"#, -2),
            (#"{"units_consumed":"many"}"#, nil), (#"{"units_consumed":1e300}"#, nil),
            (#"{"usage_data":{"seats":3}}"#, nil),
        ] as [(String, Int?)])
    func units(body: String, units: Int?) async throws {
        let vendor = try Self.vendor { _ in .success(.json(body)) }
        let outcome = await vendor.run("getUsageData", ["license_key": "LK-1"])
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.result?["units_consumed"]?.integerValue == units)
        #expect(vendor.last?.isChanging == false)
    }

    @Test("A renewal that says nothing keeps the key, and the package that was asked for")
    func plainRenewal() async throws {
        let vendor = try Self.vendor { _ in .success(HTTPResponse(status: 204)) }
        let outcome = await vendor.run("renew", ["license_key": "LK-1", "package_identifier": "gold"])
        #expect(outcome.result == ["package_identifier": "gold"])
    }

    @Test("The connection is tested without calling an endpoint")
    func connection() async throws {
        let vendor = try Self.vendor { _ in .success(HTTPResponse(status: 200)) }
        let configuration = LicensesGenericContract.Configuration(
            accessToken: "tok-9", createEndpointURL: "https://lic.example.com/create",
            createEndpointHttpMethod: "get")
        let provider = GenericProvider(configuration: configuration, context: vendor.context)
        #expect(try await provider.testConnection().contains("lic.example.com"))
        #expect(vendor.transport.paths == ["/"])
    }
}
