import Models

extension AttemptRunner {
    /// What looking showed.
    enum Sight {
        case done([String: JSONValue])
        case notDone
        case cannotTell(ProviderError)
    }

    private typealias Answer = Result<Observation<[String: JSONValue]>, ProviderError>

    /// Pauses between looks at a provider that gives no answer; one look more than there are pauses.
    static let lookPauses: [Duration] = [.seconds(2), .seconds(3)]
    /// How long one look may take. All looks and pauses together stay under the orchestrator's grace of 60 s.
    static let lookLimit = Duration.seconds(10)

    /// Looks at the provider whether the function was carried out.
    func look(_ prepared: PreparedAttempt) async -> Sight {
        guard prepared.function.isObservable else {
            return .cannotTell(ProviderError(.internal, details: ["problem": "This cannot be looked up."]))
        }
        var pauses = Self.lookPauses[...]
        while true {
            switch await lookOnce(prepared) {
            case .success(.done(let result)): return .done(result)
            case .success(.notDone): return .notDone
            case .success(.unknown):
                return .cannotTell(
                    ProviderError(.internal, details: ["problem": "The look-up showed nothing."]))
            case .failure(let error):
                guard error.isRetriable, let pause = pauses.popFirst() else { return .cannotTell(error) }
                await deadlines.wait(pause)
            }
        }
    }

    private func lookOnce(_ prepared: PreparedAttempt) async -> Answer {
        let answer = await deadlines.limit(Self.lookLimit) { () -> Answer in
            do throws(ProviderError) {
                return .success(try await prepared.function.observe())
            } catch {
                return .failure(error)
            }
        }
        return answer.value ?? .failure(ProviderError(.internal))
    }
}
