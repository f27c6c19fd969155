extension FailureCatalog {
    static let ssh: [FailureSignature] = [
        .init(
            "ssh-connection-refused",
            .ssh,
            .fatal,
            .cause,
            .ssh,
            ["ssh: connect to host ~ port #: Connection refused"],
            means: "The node answers, but no SSH server accepts connections on that port.",
            fix: "Start sshd there, or give the port it listens on.",
            key: "ssh.port"
        ),
        .init(
            "ssh-resolve",
            .ssh,
            .fatal,
            .cause,
            .ssh,
            ["Could not resolve hostname ~"],
            means: "This machine cannot turn the node's name into an address.",
            fix: "List the node by its IP address, or teach this machine the name.",
            key: "nodes"
        ),
        .init(
            "ssh-publickey-denied",
            .ssh,
            .fatal,
            .cause,
            .ssh,
            [
                "Permission denied (publickey", "Permission denied (password",
                "Permission denied (keyboard-interactive",
                "Permission denied (gssapi", "Permission denied (hostbased",
            ],
            means: "The node accepted none of the keys offered for this user.",
            fix: "Add the public key to that user's authorized_keys, or name another user or identity.",
            key: "ssh.identity"
        ),
        .init(
            "ssh-hostkey-changed",
            .ssh,
            .fatal,
            .cause,
            .ssh,
            ["REMOTE HOST IDENTIFICATION HAS CHANGED", "Host key for ~ has changed"],
            means: "The node shows another host key than the one on record: reinstalled, readdressed, or impersonated.",
            fix: "Compare the fingerprint on the node's console; only then remove the old line from known_hosts."
        ),
        .init(
            "ssh-hostkey-unknown",
            .ssh,
            .fatal,
            .cause,
            .ssh,
            ["No ~ host key is known for ~ and you have requested strict checking"],
            means: "Nobody has vouched for this node's host key yet, and the file asks for strict checking.",
            fix: "Check the fingerprint and add the key to known_hosts, or accept new keys for this cluster.",
            key: "ssh.host_keys"
        ),
        .init(
            "ssh-kex-reset",
            .ssh,
            .fatal,
            .cause,
            .ssh,
            ["kex_exchange_identification: ", "Connection reset by ~ port #", "Connection closed by ~ port #"],
            means: "The node took the connection and dropped it before any key was exchanged, as it does when too many "
                + "come at once or the address is banned.",
            fix: "Look at MaxStartups and the ban list of that sshd, and that the port is SSH's.",
            key: "ssh.port"
        ),
    ]
}
