/// What no input may exceed, whatever its fields say.
package enum ValidationLimit {
    /// Characters (Unicode scalars) in a string.
    package static let stringLength = 65_536
    /// Objects and lists within each other, the outermost counted.
    package static let nesting = 16
    /// Members of an object, and elements of a list.
    package static let members = 1_000
    /// Characters in a member's name.
    package static let nameLength = 256
    /// Problems told at once; the rest is left out.
    package static let problems = 100
}
