import Logging

/// What is known at one log statement: its own metadata, before what was bound to the logger, before what the task's
/// context provides.
struct MergedMetadata {
    var statement: Logger.Metadata?
    var bound: Logger.Metadata
    var provided: Logger.Metadata?

    /// Visits each key once, with the value that wins.
    func forEach(_ body: (String, Logger.MetadataValue) -> Void) {
        let statement = statement.flatMap { $0.isEmpty ? nil : $0 }
        if let statement {
            for (key, value) in statement { body(key, value) }
        }
        for (key, value) in bound where statement?[key] == nil { body(key, value) }
        guard let provided else { return }
        for (key, value) in provided where statement?[key] == nil && bound[key] == nil { body(key, value) }
    }
}
