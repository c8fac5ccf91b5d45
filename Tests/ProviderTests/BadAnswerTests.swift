import AdapterKit
import AdapterTestSupport
import Foundation
import Models
import NIOSSL
import TestSupport
import Testing

@testable import Purser

/// Every provider that speaks HTTP, called over the real network against a server that answers badly.
@Suite("Bad answers of third parties")
struct BadAnswerTests {
    /// A provider with one of its recordings, which has a configuration and parameters that it takes.
    struct Subject: Sendable, CustomTestStringConvertible {
        let adapter: any CategoryAdapter.Type
        let recording: WireCase

        var testDescription: String { "\(recording.category)/\(recording.provider)" }
    }

    /// Those that speak EPP have their own server and tests.
    private static let eppProviders: Set = ["nominet", "cocca", "nira", "ricta", "centralnic", "eurid"]
    /// Those without a third party, or whose third party is on this machine.
    private static let localProviders: Set = ["demo", "lxd"]

    static let subjects: [Subject] = Adapters.all.flatMap { adapter in
        adapter.providers.map(\.descriptor.provider)
            .filter { !eppProviders.contains($0) && !localProviders.contains($0) }
            .compactMap { subject($0, of: adapter) }
    }

    /// The recording of a function that reads, where there is one, and otherwise of any that sends something.
    private static func subject(_ provider: String, of adapter: any CategoryAdapter.Type) -> Subject? {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "\(adapter)Tests/Wire")
        let fixtures = try? WireFixtures(
            folder: folder, category: adapter.category, providers: [provider], environment: [:])
        let cases = (fixtures?.cases ?? []).filter { $0.name.contains("success") && !$0.exchanges.isEmpty }
        let reading = cases.first { adapter.blueprint.function($0.function)?.effect == .read }
        return (reading ?? cases.first).map { Subject(adapter: adapter, recording: $0) }
    }

    @Test("Every provider that speaks HTTP is among those tested")
    func complete() {
        let tested = Set(Self.subjects.map(\.testDescription))
        for adapter in Adapters.all {
            for provider in adapter.providers.map(\.descriptor.provider)
            where !Self.eppProviders.contains(provider) && !Self.localProviders.contains(provider) {
                #expect(tested.contains("\(adapter.category)/\(provider)"))
            }
        }
    }

    @Test("A bad answer is an error of the right kind", arguments: subjects, BadAnswer.allCases)
    func kind(subject: Subject, bad: BadAnswer) async throws {
        let answer = bad.answer
        let tls = bad == .notTrusted ? try Self.strangersTLS.get() : nil
        try await LoopbackServer.with(tls: tls, answer: { _ in answer }) { server in
            let outcome = try await Self.run(subject, port: server.port, usesTLS: tls != nil)
            #expect(outcome.outcome == .failed)
            #expect(outcome.error?.kind == bad.kind, "\(outcome)")
            if bad == .tooManyRequests {
                #expect(outcome.retryAfterSeconds == BadAnswer.retryAfterSeconds)
            }
            #expect(bad == .notTrusted || !server.requests.isEmpty, "it was asked")
        }
    }

    /// Runs the recorded function; time passes only while no answer comes.
    private static func run(_ subject: Subject, port: Int, usesTLS: Bool) async throws -> ActionOutcome {
        var blueprint = subject.adapter.blueprint
        // Looking again is what other tests are about.
        for index in blueprint.functions.indices { blueprint.functions[index].effect = .idempotent }
        let network = HTTPClientTransport(.loopback)
        let folder = try TemporaryFolder()
        let bench = AttemptBench(
            blueprint: blueprint, providers: subject.adapter.providers,
            network: DivertedTransport(network: network, port: port, usesTLS: usesTLS),
            dataFolder: folder.path)
        let action = bench.action(
            subject.recording.function, provider: subject.recording.provider,
            settings: subject.recording.configuration, parameters: subject.recording.parameters)
        let outcomes = Recorder<ActionOutcome>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await bench.deadlines.run() }
            group.addTask {
                outcomes.record(await bench.runner.run(action, isRedelivered: false, traceparent: nil))
            }
            try await eventually("the outcome") {
                // A quarter of a second of the call's time for each look: what answers at once does so before.
                bench.clock.advance(by: .milliseconds(250))
                return outcomes.count > 0
            }
            group.cancelAll()
        }
        try await network.shutdown()
        return try #require(outcomes.elements.first)
    }

    /// A certificate for the right name that nobody trusts.
    private static let strangersTLS = Result {
        let folder = try TemporaryFolder()
        let files = try TestAuthority(in: URL(filePath: folder.path))
            .certificate(for: "localhost", in: URL(filePath: folder.path))
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(files.certificate.path).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key.path, format: .pem)))
        return try NIOSSLContext(configuration: configuration)
    }
}
