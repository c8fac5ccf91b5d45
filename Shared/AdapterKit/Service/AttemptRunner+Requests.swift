import Logging
import Models
import ServiceRuntime

extension AttemptRunner {
    /// What is lent to a provider that is called for a request over the bus, and not for an action.
    ///
    /// - Parameters:
    ///   - entry: the configuration, opened.
    ///   - traceparent: W3C trace context of the request.
    func context(
        for configuration: AttemptConfiguration, of provider: RegisteredProvider,
        _ entry: ConfigurationCache.Entry, timeLimit: Duration, traceparent: String?
    ) -> ProviderContext {
        var logger = logger
        logger[metadataKey: LogKey.provider] = "\(provider.descriptor.provider)"
        logger[metadataKey: LogKey.configurationID] = "\(configuration.id)"
        let secrets = SecretValues(entry.secrets, names: provider.descriptor.configuration.secretNames)
        let record = AttemptRecord()
        return ProviderContext(
            transport: AttemptTransport(
                network: network, deadlines: deadlines, clock: clock, record: record,
                secrets: secrets, logger: logger, category: blueprint.category,
                provider: provider.descriptor.provider,
                trace: traceparent.flatMap(TraceContext.init(traceparent:))),
            clock: clock, logger: logger, configurationID: configuration.id, actionID: nil, attempt: 0,
            timeLimit: timeLimit, simulator: simulator, secrets: secrets, notices: notices,
            frames: AttemptFrames(
                network: frames, deadlines: deadlines, clock: clock, record: record, secrets: secrets,
                logger: logger, category: blueprint.category, provider: provider.descriptor.provider),
            sessions: sessions)
    }
}
