import Hummingbird
import HummingbirdCore
import NIOCore
import ServiceRuntime

/// What belongs to one request on its way through the gateway.
struct GatewayContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// The caller's trace, or a new one; set by `AnswerMiddleware`.
    var trace: TraceContext?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
