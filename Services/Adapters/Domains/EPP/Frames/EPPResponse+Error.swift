import AdapterKit
import Models

extension EPPResponse {
    /// The answer, where its code says success.
    ///
    /// - Throws: what the code means.
    func successful(answering command: EPPCommand) throws(ProviderError) -> EPPResponse {
        guard result.code >= 2_000 || result.code < 1_000 else { return self }
        throw error(isChanging: command.isChanging)
    }

    /// Whether what was asked for still has to be decided.
    var isPending: Bool { result.code == 1_001 }

    /// Whether the registry ends the session with this answer.
    var endsSession: Bool { result.code == 1_500 || (2_500..<2_600).contains(result.code) }

    /// What a result code means: the one place where this is decided. The registry's own words go to the details.
    ///
    /// - SeeAlso: RFC 5730, section 3.
    func error(isChanging: Bool) -> ProviderError {
        var details: [String: JSONValue] = ["code": .integer(result.code), "text": .string(result.message)]
        if !result.reasons.isEmpty { details["reasons"] = .array(result.reasons.map { .string($0) }) }
        if let serverTransactionID { details["server_transaction"] = .string(serverTransactionID) }
        if let clientTransactionID { details["client_transaction"] = .string(clientTransactionID) }
        let (kind, message) = Self.meaning(of: result.code)
        // A registry whose own failure it was, or whose answer is none, may have done a part or all of it.
        let isUncertain = kind == .providerUnavailable
        return ProviderError(
            kind, message, details: details, retryAfter: kind == .rateLimited ? .seconds(30) : nil,
            mayHaveTakenEffect: isChanging && isUncertain)
    }

    private static func meaning(of code: Int) -> (ErrorKind, String?) {
        switch code {
        case 2_000, 2_002: (.internal, nil)
        case 2_001, 2_003...2_005: (.invalidInput, nil)
        case 2_100...2_103: (.unsupported, nil)
        case 2_104:
            (.rejected, "The account with the registry does not cover this. Staff have to look at it.")
        case 2_105: (.rejected, "The domain cannot be renewed at present.")
        case 2_106: (.rejected, "The domain cannot be transferred at present.")
        case 2_200, 2_501: (.unauthorized, nil)
        case 2_201: (.unauthorized, "This is not in our account with the registry.")
        case 2_202: (.unauthorized, "The authorisation code is not right.")
        case 2_300: (.rejected, "A transfer is under way.")
        case 2_301: (.rejected, "No transfer is under way.")
        case 2_302: (.alreadyExists, nil)
        case 2_303: (.notFound, nil)
        case 2_304: (.rejected, "The registry does not allow this in its present state.")
        case 2_305: (.rejected, "Something else still depends on this.")
        case 2_306: (.invalidInput, nil)
        case 2_307: (.unsupported, nil)
        case 2_308: (.rejected, nil)
        case 2_400, 2_500: (.providerUnavailable, nil)
        case 2_502: (.rateLimited, nil)
        case 2_000..<2_100: (.invalidInput, nil)
        case 2_100..<2_200: (.unsupported, nil)
        case 2_200..<2_300: (.unauthorized, nil)
        case 2_300..<2_400: (.rejected, nil)
        default: (.providerUnavailable, nil)
        }
    }
}
