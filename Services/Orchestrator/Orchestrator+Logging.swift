import Logging
import Models
import ServiceRuntime

extension LogKey {
    /// What every log line about an action says of it.
    static func metadata(of action: Action) -> Logger.Metadata {
        [
            actionID: "\(action.id)", productID: "\(action.contractProductID)",
            clientID: "\(action.clientID)",
            category: "\(action.category)", provider: "\(action.provider)", function: "\(action.function)",
        ]
    }
}
