import Foundation

extension Process {
    /// Runs the program with no signal blocked. The threads that tests run on block almost all of them, and a program
    /// started from there would inherit that: a shell, for one, would never notice SIGTERM.
    package func runTakingSignals() throws {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }
}
