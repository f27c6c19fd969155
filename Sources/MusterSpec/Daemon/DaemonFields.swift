/// The keys of `musterd.yaml`: the table that decoding and the reference page are made from.
package enum DaemonFields {
    package static let root: [Field] = [
        Field(
            "state_dir",
            .text,
            default: "`/var/lib/musterd` for root and the service, `~/.local/state/musterd` otherwise",
            example: "/var/lib/musterd",
            "Where the database is."
        ),
        Field(
            "socket",
            .text,
            default:
                "`/run/musterd/musterd.sock` for root and the service, `musterd.sock` in the state directory otherwise",
            example: "/run/musterd/musterd.sock",
            "The API's Unix socket; its directory is the daemon's user's alone."
        ),
        Field(
            "listen",
            .mapping(listen),
            default: "no TCP",
            example: "{port: 7433, token_file: /etc/musterd/token, tls: refused}",
            "The API over TCP."
        ),
        Field("log", .mapping(log), example: "{level: info}", "What the daemon writes to standard error."),
        Field("retention", .mapping(retention), example: "{events: 10000, age: 720h}", "How long events are kept."),
        Field(
            "stop_timeout",
            .duration,
            default: "20s",
            example: "20s",
            "To finish requests and writes when the daemon is stopped; what runs on nodes is never stopped by it."
        ),
    ]

    static let listen: [Field] = [
        Field("address", .address, default: "127.0.0.1", example: "0.0.0.0", "The address to listen on."),
        Field("port", .integer(1...65535), required: true, example: "7433", "The port."),
        Field(
            "token_file",
            .text,
            required: true,
            example: "/etc/musterd/token",
            "A file with the bearer token; 16 bytes at least."
        ),
        Field(
            "tls",
            .scalarOrMapping(.choice(["refused"]), tls),
            required: true,
            example: "{certificate: /etc/musterd/cert.pem, key: /etc/musterd/key.pem}",
            "`refused` says in so many words that the token can be read on the wire."
        ),
    ]

    static let tls: [Field] = [
        Field("certificate", .text, required: true, example: "/etc/musterd/cert.pem", "PEM, with its chain."),
        Field("key", .text, required: true, example: "/etc/musterd/key.pem", "PEM."),
    ]

    static let log: [Field] = [
        Field(
            "level",
            .choice(["trace", "debug", "info", "notice", "warning", "error"]),
            default: "notice",
            example: "info",
            "The least that is written; the guide to levels says what each is for."
        ),
        Field(
            "format",
            .choice(["journal", "text", "json"]),
            default: "`journal` when systemd listens, `text` otherwise",
            example: "json",
            "`journal` gives each line its priority, `json` one object per line."
        ),
    ]

    static let retention: [Field] = [
        Field(
            "events",
            .integer(100...10_000_000),
            default: "10000",
            example: "10000",
            "Of each deployment so many stay, however old."
        ),
        Field("age", .duration, default: "720h", example: "720h", "Younger ones stay, however many."),
    ]
}
