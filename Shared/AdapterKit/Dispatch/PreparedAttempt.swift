import Logging
import Models
import ServiceRuntime

/// An attempt that can be carried out: the function bound to its provider and parameters.
struct PreparedAttempt: Sendable {
    let definition: FunctionDefinition
    let function: any BoundFunction
    let timeLimit: Duration
    let record: AttemptRecord
    let secrets: SecretValues

    /// Whether a run that may be a repeat is looked for first, and a failure looked into: always where twice would be
    /// two things, and of a `conditional` function where the provider can be looked at. Its guard is read anew on
    /// every run, so a repeat would pass it.
    var looksFirst: Bool {
        definition.mustObserveRepeats || (definition.effect == .conditional && function.isObservable)
    }
}

extension AttemptRunner {
    /// - Throws: `unsupported`, `invalidInput`, or `internal` where the configuration or a secret does not
    ///   open.
    func prepare(
        _ action: ExecuteAction, isRedelivered: Bool, trace: TraceContext?, logger: Logger
    ) throws(ProviderError) -> PreparedAttempt {
        guard action.category == blueprint.category, let definition = blueprint.function(action.function),
            let provider = providers[action.provider], provider.descriptor.supports(action.function)
        else { throw ProviderError(.unsupported) }
        let entry = try configurations.entry(for: action.configuration, of: provider)
        let record = AttemptRecord()
        let (parameters, secrets) = try open(action, definition, provider, entry)
        let context = ProviderContext(
            transport: AttemptTransport(
                network: network, deadlines: deadlines, clock: clock, record: record, secrets: secrets,
                logger: logger, category: blueprint.category, provider: action.provider, trace: trace),
            clock: clock, logger: logger, configurationID: action.configuration.id, actionID: action.actionID,
            attempt: action.attempt, timeLimit: timeLimit(action), simulator: simulator, secrets: secrets,
            notices: notices,
            frames: AttemptFrames(
                network: frames, deadlines: deadlines, clock: clock, record: record, secrets: secrets,
                logger: logger, category: blueprint.category, provider: action.provider),
            sessions: sessions,
            mayBeRepeat: isRedelivered || action.possibleDuplicate || action.attempt > 1)
        guard
            let function = try entry.provider.bind(action.function, parameters: parameters, context: context)
        else {
            throw ProviderError(.unsupported)
        }
        return PreparedAttempt(
            definition: definition, function: function, timeLimit: timeLimit(action), record: record,
            secrets: secrets)
    }

    private func timeLimit(_ action: ExecuteAction) -> Duration {
        min(.seconds(max(action.timeoutSeconds, 1)), callLimit)
    }

    /// The parameters with their secrets opened, and all secrets that the attempt knows from the start.
    private func open(
        _ action: ExecuteAction, _ definition: FunctionDefinition, _ provider: RegisteredProvider,
        _ entry: ConfigurationCache.Entry
    ) throws(ProviderError) -> ([String: JSONValue], SecretValues) {
        let secrets = SecretValues(
            entry.secrets,
            names: secretNames[.init(provider: action.provider, function: action.function)] ?? [])
        guard definition.parameters.contains(where: \.hasSecrets) else { return (action.parameters, secrets) }
        do {
            let parameters = try sealer.open(
                secretsOf: action.parameters, fields: definition.parameters,
                context: "\(action.actionID)/parameters")
            _ = definition.parameters.mapSecrets(in: parameters) { value, _ in
                secrets.add(value)
                return value
            }
            return (parameters, secrets)
        } catch let error as SealingError {
            throw ProviderError(unopened: "A secret does not open", because: error)
        } catch {
            throw ProviderError(
                .internal, details: ["problem": "A secret does not open: it could not be read."])
        }
    }
}

extension ProviderError {
    /// What was sealed with a key that this adapter has not got yet is tried again, and its configuration's circuit keeps
    /// what follows waiting meanwhile: keys are changed while actions run. Whatever else does not open, staff look at.
    init(unopened what: String, because error: SealingError) {
        self.init(
            error.kind == .unknownKey ? .providerUnavailable : .internal,
            details: ["problem": .string("\(what): \(error.message).")])
    }
}

extension [FieldDefinition] {
    /// The wire keys of all secret fields, at any depth, in lower case.
    var secretNames: Set<String> {
        reduce(into: []) { names, field in
            if field.isSecret { names.insert(field.name.lowercased()) }
            names.formUnion(field.fields?.secretNames ?? [])
            names.formUnion(field.items?.secretNames ?? [])
        }
    }
}
