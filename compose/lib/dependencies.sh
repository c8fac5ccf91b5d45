# Builds with the dependencies that were tested. Sourced, at the repository's top level, by what builds.

# For every `swift build` and `swift test`: what compose/Package.resolved does not say is an error, instead of another version.
pinned=--force-resolved-versions
# The same for debug builds, which tests use. What is written in C or C++ is compiled as for a release all the same: with no
# optimisation one hash of a password takes two seconds. For a debugger, leave out `-debug-info-format none`.
debug_build="$pinned -Xcc -O2 -Xcxx -O2 -debug-info-format none -Xswiftc -use-ld=lld"

# pin_dependencies: puts the tested versions of all dependencies, also of those that dependencies have, where the package
# manager reads them.
pin_dependencies() {
    cmp -s compose/Package.resolved Package.resolved || cp compose/Package.resolved Package.resolved
}
