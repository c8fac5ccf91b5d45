import Bus
import Foundation
import Logging
import Models
import ServiceRuntime
import Testing

/// Whose requests are answered, once, and while they are young.
@Suite("The gate of requests")
struct RequestGateTests {
    private static let master = MasterKey()
    private static let gateway = Sealer(master.derived(for: .gateway))
    private static let hosting = Sealer(master.derived(for: .category("hosting")))
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)
    private static let queue = Queue.orchestratorRequests

    /// Answers the gateway's `status.show.v1` and adapters' `attempt.begin.v1`.
    private static func router(acceptsUnsigned: Bool = false) -> RequestRouter {
        let check = SignatureCheck(
            [
                SignatureCheck.Known(.gateway) { gateway },
                SignatureCheck.Known(.adapter("hosting")) { hosting },
            ], acceptsUnsigned: acceptsUnsigned,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let gate = RequestGate(check, of: queue, from: .gateway, now: { now })
        var router = RequestRouter(source: "/test", gate: gate) { _, _ in }
        router.on(ShowStatus.self) { _, _ in
            SystemStatus(categories: [], adapters: [], outboxWaiting: 0, actionsByState: [:])
        }
        router.onAdapters(BeginAttempt.self) { _, _, category in
            AttemptPermit(permission: category == "hosting" ? .begin : .over)
        }
        return router
    }

    private static func status(after seconds: Int = 0) -> BusMessage {
        BusMessage(
            Envelope(source: "/gateway", time: now.advanced(by: .seconds(seconds)), data: ShowStatus()))
    }

    private static func begin() -> BusMessage {
        BusMessage(
            Envelope(
                source: "/hosting", time: now,
                data: BeginAttempt(actionID: .make(), attempt: 1, instance: "hosting-1")))
    }

    /// Why a request was refused; nil where it was answered.
    private static func failure<Value: JSONConvertible & Sendable>(
        _ answer: BusMessage?, _ type: Value.Type
    ) throws -> RequestFailure? {
        let answer = try #require(answer)
        guard case .failure(let failure) = try Envelope<Reply<Value>>(decoding: answer.body).data else {
            return nil
        }
        return failure
    }

    @Test("Each type is answered to who may ask it, and to no other")
    func senders() async throws {
        let router = Self.router()
        let (status, begin) = (Self.status(), Self.begin())
        let asked = await router.answer(Self.gateway.signed(status, for: Self.queue.route))
        #expect(try Self.failure(asked, SystemStatus.self) == nil)
        let begun = await router.answer(Self.hosting.signed(begin, for: Self.queue.route))
        #expect(try Self.failure(begun, AttemptPermit.self) == nil)
        let refused = [
            status, Self.hosting.signed(status, for: Self.queue.route),
            Self.gateway.signed(status, for: Queue.logRequests.route),
            Sealer(MasterKey().derived(for: .gateway)).signed(status, for: Self.queue.route), begin,
            Self.gateway.signed(begin, for: Self.queue.route),
        ]
        for message in refused {
            let answer = await router.answer(message)
            #expect(try Self.failure(answer, NoReply.self)?.kind == .forbidden)
        }
    }

    @Test("A request that is sent again gets no answer, whoever sends it")
    func repeated() async throws {
        let router = Self.router()
        let request = Self.gateway.signed(Self.status(), for: Self.queue.route)
        #expect(await router.answer(request) != nil)
        #expect(await router.answer(request) == nil)
        // Another one that asks the same is another request.
        #expect(await router.answer(Self.gateway.signed(Self.status(), for: Self.queue.route)) != nil)
    }

    @Test(
        "A request may be a minute old and half a minute ahead",
        arguments: [(-61, false), (-60, true), (0, true), (30, true), (31, false)])
    func age(seconds: Int, isTaken: Bool) async throws {
        let request = Self.gateway.signed(Self.status(after: seconds), for: Self.queue.route)
        let answer = await Self.router().answer(request)
        let failure = try Self.failure(answer, SystemStatus.self)
        #expect((failure == nil) == isTaken)
        if !isTaken { #expect(failure?.message.contains("clocks") == true) }
    }

    @Test("In an upgrade unsigned requests are taken, and bad signatures are not")
    func unsigned() async throws {
        let router = Self.router(acceptsUnsigned: true)
        #expect(try await Self.failure(router.answer(Self.status()), SystemStatus.self) == nil)
        #expect(try await Self.failure(router.answer(Self.begin()), AttemptPermit.self) == nil)
        let forged = Self.gateway.signed(Self.status(), for: Queue.logRequests.route)
        #expect(try await Self.failure(router.answer(forged), NoReply.self)?.kind == .forbidden)
    }
}
