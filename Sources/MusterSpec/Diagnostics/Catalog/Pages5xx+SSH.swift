extension DiagnosticCatalog {
    /// Reaching a node.
    static let sshPages: [DiagnosticPage] = [
        DiagnosticPage(
            .hostNotResolved,
            "the name of a host cannot be resolved",
            meaning: """
                Neither DNS nor `/etc/hosts` of the machine muster runs on knows the name. The nodes may know it; that \
                does not help here.
                """,
            fix: "Write the address, add the name to `/etc/hosts`, or give it a `HostName` in ssh_config.",
            message: "gpu-3: the name cannot be resolved: Name or service not known",
            next: "ssh -G gpu-3 | grep -i hostname"
        ),
        DiagnosticPage(
            .connectionRefused,
            "the SSH connection is refused",
            meaning: """
                The machine answers, and nothing listens on the port: sshd is not running, listens on another port, or a \
                firewall rejects. A node that is still starting up looks the same for a minute.
                """,
            fix: "Check `ssh: {port: ...}` and that sshd runs on the node.",
            message: "gpu-3: connection refused by 10.0.0.3 port 22",
            next: "ssh -v gpu-3 true"
        ),
        DiagnosticPage(
            .connectionTimedOut,
            "the SSH connection is not answered in time",
            meaning: """
                Nothing came back within connect_timeout: the node is down, the address is another machine's or nobody's, \
                or a firewall drops packets. Nothing was sent to the node, so nothing there has changed.
                """,
            fix: "Check power, address and route; behind a bastion set `ssh: {jump: ...}`.",
            message: "gpu-3: no answer from 10.0.0.3 port 22 within 15s",
            next: "ping -c 3 10.0.0.3"
        ),
        DiagnosticPage(
            .hostKeyUnknown,
            "the key of a host is not known",
            meaning: """
                The node shows a key that no known-hosts file has, and `host_keys` is `strict`. Whoever answers could be \
                anybody, and would be handed scripts and secrets, so the first key is not accepted by itself.
                """,
            fix: """
                Compare the fingerprint with the one the node's administrator sees, record the key, or set \
                `ssh: {host_keys: accept-new}` for clusters you bring up yourself.
                """,
            message: "gpu-3: its host key is not known: SHA256:...",
            next: "ssh-keyscan gpu-3 | ssh-keygen -lf -"
        ),
        DiagnosticPage(
            .hostKeyChanged,
            "the key of a host has changed",
            meaning: """
                The known-hosts file has another key for this name. The machine was installed anew, its address went to \
                another one, or somebody answers in its place. No setting lets muster go on over this.
                """,
            fix: "Find out which it is. If the new key is right, remove the old entry and record the new one.",
            message: "gpu-3: its host key has changed; known in ~/.ssh/known_hosts:12",
            next: "ssh-keygen -R gpu-3"
        ),
        DiagnosticPage(
            .noCommonAlgorithm,
            "the two ends share no algorithm",
            meaning: """
                Each end lists the key exchanges, ciphers, checksums and host key types it accepts, and one of the lists \
                has no common entry. muster's SSH library knows no RSA host keys with SHA-2 and no AEAD or \
                encrypt-then-MAC modes; servers hardened to only those refuse it.
                """,
            fix: """
                Allow one entry of the list in the message on the server, for example an ed25519 host key, aes256-ctr and \
                hmac-sha2-256.
                """,
            message: "gpu-3: no common algorithm for the cipher: it offers aes256-gcm@openssh.com",
            next: "ssh -vv gpu-3 true 2>&1 | grep -E 'KEX|ciphers|MACs|host key'"
        ),
        DiagnosticPage(
            .rsaKeyRefused,
            "the server refuses the RSA key",
            meaning: """
                muster's SSH library signs with RSA keys in the old SHA-1 form only, which servers of the last years do \
                not accept. The same key works with `ssh`, which signs in the newer form.
                """,
            fix: "Use an ed25519 or ECDSA key, or let the agent sign: it knows the newer form.",
            message: "gpu-3: the RSA key ~/.ssh/id_rsa is refused: the server wants SHA-2 signatures",
            next: "ssh-keygen -t ed25519 && ssh-copy-id -i ~/.ssh/id_ed25519 gpu-3"
        ),
        DiagnosticPage(
            .keyRefused,
            "the server accepts none of the keys",
            meaning: """
                Every key from the agent, the file and ssh_config was offered, and the server wants another. The user may \
                be the wrong one, the public key may be missing there, or the permissions of its home may make sshd \
                ignore it. Passwords are never asked for.
                """,
            fix: "Check `ssh: {user: ...}` and install the public key for that user on the node.",
            message: "gpu-3: permission denied for root: the server accepts publickey; offered 2 keys",
            next: "ssh-copy-id root@gpu-3"
        ),
        DiagnosticPage(
            .keyUnusable,
            "the private key cannot be used",
            meaning: """
                The key file is encrypted and no agent holds the key, or it is in a form the SSH library does not read. \
                muster does not ask for passphrases, since it has to work with no terminal.
                """,
            fix: "Add the key to the agent before running muster, or name another key.",
            message: "gpu-3: ~/.ssh/id_ed25519 is encrypted, and no agent holds it",
            next: "ssh-add ~/.ssh/id_ed25519"
        ),
        DiagnosticPage(
            .channelLimit,
            "the server allows no more sessions on the connection",
            meaning: """
                sshd limits how many sessions one connection may hold (`MaxSessions`, ten unless configured). muster needs \
                three at a time and keeps below ten; a server with a limit of one or two is the usual cause.
                """,
            fix: "Raise `MaxSessions` in the node's sshd_config to 4 or more and reload sshd.",
            message: "gpu-3: the server opens no further session on this connection",
            next: "ssh gpu-3 'sshd -T 2>/dev/null | grep -i maxsessions'"
        ),
        DiagnosticPage(
            .connectionLost,
            "the connection to a node broke",
            meaning: """
                The connection ended in the middle of something. What was asked for may have been done or not, so muster \
                looks before it does anything again. Units on the node go on: they do not depend on the connection, and \
                nothing is killed because contact was lost.
                """,
            fix: "Look at the node and the network between; then ask for the state again.",
            message: "gpu-3: the connection was lost: connection reset by peer",
            next: "muster status CLUSTER_FILE"
        ),
        DiagnosticPage(
            .sshOther,
            "ssh failed in a way that has no page of its own",
            meaning: """
                The message holds what the library or the server said. Nothing is known about it beyond that, so compare \
                with what `ssh` itself says to the same host.
                """,
            fix: "Run the command below and compare; a difference between the two is worth reporting.",
            message: "gpu-3: ssh failed: unable to exchange encryption keys",
            next: "ssh -vvv gpu-3 true"
        ),
    ]
}
