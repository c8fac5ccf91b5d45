/// What stands for a secret where it is shown.
package enum Secret {
    /// Four dots, whatever the secret's length.
    package static let mask = "••••"
}
