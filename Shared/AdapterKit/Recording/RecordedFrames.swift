import Foundation
import Models

/// One frame and what it was answered with; without a request where the other side began.
///
/// Frames are shown by what they say: with their elements, attributes and texts, without the prefixes of what came in.
struct RecordedFrames: RecordedTraffic {
    var host: String
    var request: XMLValue?
    var answer: Result<Data, ProviderError>
    var durationMilliseconds: Double

    func text(_ redactor: Redactor, names: Set<String>) -> String {
        let masking = NameMasking(names: names)
        let asked = request.map { "\n" + masking.xml($0).document + "\n" } ?? ""
        let quarter = RecordedExchange.byteLimit / 4
        return RecordedExchange.cut("FRAME \(host)\n" + asked, to: quarter, redactor) + "\n"
            + RecordedExchange.cut(
                answered(masking), to: RecordedExchange.byteLimit - quarter - 16, redactor) + "\n\n"
    }

    private func answered(_ masking: NameMasking) -> String {
        let duration = "(\(Int(durationMilliseconds.rounded())) ms)"
        switch answer {
        case .failure(let error):
            let problem = error.details["problem"]?.stringValue ?? error.message
            return "\(error.kind.rawValue) \(duration)\n\(problem)\n"
        case .success(let frame):
            // What cannot be read may hold a secret where nobody would look for it.
            guard let value = try? XMLValue(document: frame) else {
                return "\(duration)\n\(frame.count) bytes that are no XML\n"
            }
            return "\(duration)\n" + masking.xml(value).document + "\n"
        }
    }
}
