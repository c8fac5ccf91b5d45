import Foundation
import Models
import Testing

/// One golden file: how its message is read, written again, and described.
struct GoldenFile: Sendable {
    let type: String
    /// The path under `Golden`, without extension.
    let path: String
    /// Reads the envelope and writes it again.
    let roundTrip: @Sendable (Data) throws -> Data

    private init<Payload: MessagePayload>(_: Payload.Type, path: String) {
        type = Payload.messageType
        self.path = path
        roundTrip = { try Envelope<Payload>(decoding: $0).encoded() }
    }

    private static func event<Payload: MessagePayload>(_ payload: Payload.Type) -> [GoldenFile] {
        [GoldenFile(payload, path: Payload.messageType)]
    }

    /// A request and its reply.
    private static func request<Request: BusRequest>(_ request: Request.Type) -> [GoldenFile] {
        [
            GoldenFile(request, path: Request.messageType),
            GoldenFile(Reply<Request.Reply>.self, path: "replies/\(Request.Reply.self)"),
        ]
    }

    static let all: [GoldenFile] =
        [
            event(ExecuteAction.self),
            event(ActionOutcome.self),
            event(ActionChanged.self),
            event(ProductChanged.self),
            event(AdapterChanged.self),
            event(AdapterAnnounced.self),
            event(AdaptersAsked.self),
            event(TokenRevoked.self),
            event(AccessChanged.self),
            event(LogEntries.self),
            event(LogCommitted.self),
            request(AuthenticateToken.self),
            request(CreateToken.self),
            request(ListTokens.self),
            request(RevokeToken.self),
            request(CreateUser.self),
            request(ListUsers.self),
            request(ShowUser.self),
            request(UpdateUser.self),
            request(SetPassword.self),
            request(DeleteUser.self),
            request(SignIn.self),
            request(AuthenticateSession.self),
            request(ShowSession.self),
            request(EndSessions.self),
            request(ViewAsClient.self),
            request(BeginTwoFactor.self),
            request(ConfirmTwoFactor.self),
            request(RemoveTwoFactor.self),
            request(CreateClient.self),
            request(ShowClient.self),
            request(ListClients.self),
            request(CreateConfiguration.self),
            request(UpdateConfiguration.self),
            request(ShowConfiguration.self),
            request(ListConfigurations.self),
            request(TestConfiguration.self),
            request(TestProvider.self),
            request(PollProvider.self),
            request(BeginAttempt.self),
            request(StoreNotices.self),
            request(ListNotices.self),
            request(CreateContractProduct.self),
            request(UpdateContractProduct.self),
            request(ShowContractProduct.self),
            request(ListContractProducts.self),
            request(ShowProductHistory.self),
            request(SubmitAction.self),
            request(ShowAction.self),
            request(ListActions.self),
            request(DecideAction.self),
            request(SubmitBusinessEvent.self),
            request(ShowBusinessEvent.self),
            request(ListBusinessEvents.self),
            request(CreateWebhook.self),
            request(ListWebhooks.self),
            request(ShowWebhook.self),
            request(UpdateWebhook.self),
            request(DeleteWebhook.self),
            request(RotateWebhook.self),
            request(TestWebhook.self),
            request(ListWebhookDeliveries.self),
            request(ResendWebhookDelivery.self),
            request(ListEvents.self),
            request(ListProviders.self),
            request(ListDeadLetters.self),
            request(RequeueDeadLetter.self),
            request(RevealDebugData.self),
            request(ShowStatus.self),
            request(FindText.self),
            request(ListNames.self),
            request(ShowOverview.self),
            request(GroupAttention.self),
            request(ShowStatistics.self),
            request(ShowKeys.self),
            request(ListLogEntries.self),
            [GoldenFile(Reply<NoReply>.self, path: "replies/failure")],
        ].flatMap(\.self)
}

extension GoldenFile: CustomTestStringConvertible {
    var testDescription: String { path }
}
