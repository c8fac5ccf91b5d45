/// What replies with secrets are sealed as for the gateway.
extension NewSession { package static let sealedAs = "session.create.v1 reply" }
extension TwoFactorSecret { package static let sealedAs = "two_factor.begin.v1 reply" }
extension RecoveryCodes { package static let sealedAs = "two_factor.confirm.v1 reply" }
