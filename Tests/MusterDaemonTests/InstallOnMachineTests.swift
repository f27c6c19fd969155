import Foundation
import Glibc
import MusterTesting
import Testing

@Suite("Installing on a machine")
struct InstallOnMachineTests {
    /// Lays what is written over the machine's own directories, for one process and those below it, and puts a
    /// `systemctl` there that only writes down what it is asked.
    private static let stage = """
        set -eu
        mount -t tmpfs none "$STAGE"
        for place in etc usr/local var/lib run; do
            mkdir -p "$STAGE/$place/up" "$STAGE/$place/work"
            mount -t overlay none -o "lowerdir=/$place,upperdir=$STAGE/$place/up,workdir=$STAGE/$place/work" "/$place"
        done
        mkdir -p "$STAGE/bin"
        cat >"$STAGE/bin/systemctl" <<'END'
        #!/bin/sh
        echo "systemctl $*"
        [ "$1" != is-active ] || [ -e /run/musterd-runs ]
        END
        chmod +x "$STAGE/bin/systemctl"
        PATH=$STAGE/bin:$PATH

        """

    /// Runs lines of shell on such a machine; `install` is the script.
    private static func machine(_ scratch: Scratch, _ lines: String) async throws -> LocalCommand.Result {
        try scratch.write("", to: "stage/.keep")
        var variables = ProcessInfo.processInfo.environment
        variables["STAGE"] = "\(scratch.path)/stage"
        variables["SCRIPT"] = InstallTests.script
        variables["FROM"] = try InstallTests.programs(scratch)
        let text = stage + "install() { sh \"$SCRIPT\" \"$@\"; }\n" + lines
        return try await LocalCommand(["unshare", "--mount", "sh", "-c", text], environment: variables).run()
    }

    /// Whether this process may lay directories over others.
    private static let canMount =
        geteuid() == 0 && LocalCommand.exists("unshare") && LocalCommand.exists("useradd")
        && ((try? String(contentsOfFile: "/proc/filesystems", encoding: .utf8).contains("overlay")) ?? false)

    @Test(
        "with systemd: user, home, service, upgrade with a restart, removal",
        .enabled(if: canMount, "only root can lay directories over the machine's")
    )
    func systemd() async throws {
        try await withScratch { scratch in
            let result = try await Self.machine(
                scratch,
                """
                mkdir -p /run/systemd/system
                install --from "$FROM" --enable
                id muster
                stat -c '%n %a %U' /var/lib/muster /var/lib/muster/.ssh
                touch /run/musterd-runs
                echo == again
                install --from "$FROM"
                echo == upgrade
                echo '# more' >>"$FROM/musterd"
                install --from "$FROM"
                echo == refused
                echo 'exit 3' >>"$FROM/musterd"
                install --from "$FROM" || echo "status $?"
                echo == removal
                install --uninstall
                ls /usr/local/bin
                """
            )
            #expect(result.status == 0, "\(result.errorText)")
            let parts = result.text.components(separatedBy: "== ")
            try #require(parts.count == 5, "\(result.text)\(result.errorText)")
            for line in [
                "install: user muster made", "/var/lib/muster 700 muster", "/var/lib/muster/.ssh 700 muster",
                "systemctl daemon-reload", "systemctl enable --now musterd.service",
            ] { #expect(parts[0].contains("\(line)\n"), "\(parts[0])") }
            #expect(parts[0].contains("(muster)"))
            #expect(parts[1].contains("user muster is there") && !parts[1].contains("restart"))
            #expect(parts[2].contains("what runs on nodes stays and is taken over\nsystemctl restart musterd.service"))
            #expect(!parts[3].contains("systemctl restart") && parts[3].contains("status 1"))
            #expect(result.errorText.contains("so the old one runs on"))
            #expect(parts[4].contains("systemctl disable --now musterd.service"))
            #expect(parts[4].contains("/var/lib/muster stays") && parts[4].contains("user muster stays"))
            #expect(!parts[4].hasSuffix("musterd\n"))
        }
    }

    @Test(
        "without systemd: the programs, and that it says so",
        .enabled(if: canMount, "only root can lay directories over the machine's")
    )
    func noSystemd() async throws {
        try await withScratch { scratch in
            let result = try await Self.machine(
                scratch,
                """
                rm -rf /run/systemd
                install --from "$FROM" --enable
                ls /usr/local/bin/musterd
                if id muster || [ -e /etc/systemd/system/musterd.service ]; then exit 9; fi
                """
            )
            #expect(result.status == 0, "\(result.errorText)")
            #expect(result.text.contains("systemd does not run here: no service and no user are made"))
            #expect(!result.text.contains("systemctl"))
        }
    }
}
