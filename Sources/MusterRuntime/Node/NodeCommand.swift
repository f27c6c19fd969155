import MusterSSH

/// Command lines for the node script, as argument vectors that are quoted once, at the very end.
package enum NodeCommand {
    /// What the bootstrap says instead of anything else when the script is not there yet.
    package static let needsScript = "muster-needs-script"

    /// Finds the script below the state directory and becomes it. It runs under whatever the login shell is, so it is
    /// one `sh -c` word without single quotes, line breaks or `!`; everything that varies is an argument.
    private static let bootstrap =
        "case $1 in \"~\"/*) f=$HOME/${1#??} ;; *) f=$1 ;; esac; shift; "
        + "[ -r \"$f\" ] || { echo; echo muster-needs-script; exit 0; }; exec sh \"$f\" \"$@\""

    /// The line an SSH exec request carries.
    ///
    /// - Parameters:
    ///   - script: The script's path; may begin with `~/`.
    ///   - nonce: What the script repeats in its first line, so that a login shell's noise can be told from it.
    ///   - words: The verb and its arguments.
    /// - Returns: One line, safe in any login shell.
    package static func line(script: String, nonce: String, words: [String]) -> String {
        ShellQuoting.command(["exec", "sh", "-c", bootstrap, "muster-node", script, nonce] + words)
    }
}
