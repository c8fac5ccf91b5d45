import ArgumentParser

@main
struct PurserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purser", abstract: "Run and operate Purser.",
        discussion: """
            Commands talk to the gateway at PURSER_URL (http://127.0.0.1:8080) with the token PURSER_TOKEN, or else the \
            one in $PURSER_DATA/admin-token.

            Exit status: 0 done; 1 refused; 2 the action did not succeed; 3 the action has not ended in time; \
            64 wrong usage; 69 Purser cannot be reached; 77 no token, or not the rights.
            """,
        subcommands: [
            UpCommand.self, StatusCommand.self, ActionCommand.self, ProductCommand.self, ClientCommand.self,
            ConfigurationCommand.self, EventCommand.self, LogsCommand.self, BlueprintsCommand.self,
            ProvidersCommand.self,
            UserCommand.self, TokenCommand.self, WebhookCommand.self, DeadLettersCommand.self,
            KeysCommand.self, BackupCommand.self, WelcomeCommand.self,
            DemoCommand.self, AdaptersCommand.self,
        ])
}
