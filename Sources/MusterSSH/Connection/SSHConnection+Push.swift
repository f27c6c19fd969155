/// Writing files.
extension SSHConnection {
    /// Writes a file on the host, whole or not at all.
    ///
    /// The bytes go into a new file in the same directory, are flushed to disk, counted and then renamed over `path`,
    /// so a reader sees the old file or the new one. Missing directories are made with mode 0700.
    ///
    /// This runs a script rather than SFTP: the server may have no SFTP subsystem, and Debian's libssh2 1.10 cannot ask
    /// for a rename that replaces. The script needs a POSIX shell, `dd`, `wc`, `mkdir`, `chmod`, `mv` and `rm`, as
    /// coreutils and busybox have them.
    ///
    /// - Parameters:
    ///   - bytes: The file's content.
    ///   - path: The file; a leading `~/` is the account's home, a relative path starts there too.
    ///   - mode: Permission bits of the file, such as `0o755`.
    ///   - deadline: Time for everything.
    /// - Throws: `.pushFailed` with what the host said (disk full, read-only, permission), and what `execute` throws.
    public nonisolated func push(
        _ bytes: [UInt8],
        to path: String,
        mode: UInt16,
        deadline: Duration
    ) async throws(SSHError) {
        // Two hosts with a home in common may have equal process ids, so the temporary name is made here.
        let token = String(UInt64.random(in: .min ... .max), radix: 36)
        let command = PushScript.command(path: path, mode: mode, size: bytes.count, token: token)
        let result: SSHExecResult
        do throws(SSHError) {
            result = try await execute(command, stdin: bytes, outputLimit: 64 << 10, deadline: deadline)
        } catch {
            var failure = error
            failure.message = "`\(path)` was not written: \(error.message)"
            throw failure
        }
        guard !result.succeeded else { return }
        let reason = PushScript.reason(result.errorText) ?? "the script ended with \(result.exit)"
        throw SSHError(.pushFailed, "cannot write `\(path)`: \(reason)", target: target.alias)
    }
}

/// The script behind `push`. Everything that varies is an argument; nothing is read from its output but errors.
enum PushScript {
    // One line, because a csh does not take a line break within quotes. No `--`: a path that starts with a dash gets
    // `./` instead. The end of the input may be a connection cut short, hence the count before the rename.
    private static let script = [
        #"umask 077"#,
        #"case $1 in "~/"*) p=$HOME/${1#??};; -*) p=./$1;; *) p=$1;; esac"#,
        #"case $p in */*) d=${p%/*};; *) d=.;; esac"#,
        #"[ -n "$d" ] || d=/"#,
        #"mkdir -p "$d" || exit 3"#,
        #"if [ -d "$p" ]; then echo "it is a directory" >&2; exit 4; fi"#,
        #"t=$d/.push-$4"#,
        #"trap "rm -f \"\$t\"" EXIT"#,
        #"trap "exit 9" HUP INT TERM"#,
        // After a lost connection the first word to standard error would end the script before it cleans up.
        #"trap "" PIPE"#,
        #"m=$(dd of="$t" bs=65536 conv=fsync 2>&1) || { printf "%s\n" "$m" >&2; exit 5; }"#,
        #"n=$(wc -c <"$t") || exit 6"#,
        #"if [ "$n" -ne "$3" ]; then echo "only $n of $3 bytes arrived" >&2; exit 7; fi"#,
        #"chmod "$2" "$t" && mv -f "$t" "$p""#,
    ].joined(separator: "; ")

    static func command(path: String, mode: UInt16, size: Int, token: String) -> String {
        let octal = String(mode & 0o7777, radix: 8)
        return ShellQuoting.command(["sh", "-c", script, "push", path, octal, String(size), token])
    }

    /// The line that says what failed: not the counts that `dd` always prints.
    static func reason(_ errorText: String) -> String? {
        let lines = errorText.split(whereSeparator: \.isNewline).map { $0.trimmingWhitespace }
        let noise = [" records in", " records out", " copied", "bytes transferred"]
        return lines.last { line in !line.isEmpty && !noise.contains { line.contains($0) } }
    }
}
