# Builds with the dependencies that were tested. Sourced, at the repository's top level, by what builds.

# For every `swift build` and `swift test`: what compose/Package.resolved does not say is an error, instead of another version.
pinned=--force-resolved-versions

# pin_dependencies: puts the tested versions of all dependencies, also of those that dependencies have, where the package
# manager reads them.
pin_dependencies() {
    cmp -s compose/Package.resolved Package.resolved || cp compose/Package.resolved Package.resolved
}
