/// What is wrong with one line of `args`, or worth a word, in the eyes of one release.
package enum FlagProblem: Error, Hashable {
    /// Why a release does not have a flag.
    package enum Absence: Hashable, Sendable {
        /// No release has it; perhaps one of this name was meant.
        case never(near: String?)
        /// The index of the first release that has it.
        case notYet(since: Int)
        /// The index of the last release that had it, and what took its place.
        case removed(after: Int, FlagReplacement?)
        /// A short form; the flag's own name.
        case short(of: String)
    }

    case unknown(Absence)
    /// argparse takes a name for the flag it begins, unless there are several.
    case ambiguous([String])
    /// A value too many or too few; what the flag takes.
    case count(FlagEntry.Arity, String)
    /// The value, and what it has to be.
    case value(String, expected: String)
    /// What to write in its place, and what muster writes where it means exactly the same. Where the same is said by
    /// keys of the file, the advice names them: the words would be refused beside them.
    case deprecated(FlagReplacement?, written: String?, advice: String? = nil)
    /// The release knows it by another name; the words, whether muster writes them, and the same advice.
    case renamed(String, isWritten: Bool = true, advice: String? = nil)
    /// The name it is short for.
    case abbreviated(String)

    /// Whether a launch fails on it.
    package var isFatal: Bool {
        switch self {
        case .unknown, .ambiguous, .count, .value: true
        case .deprecated, .renamed, .abbreviated: false
        }
    }
}
