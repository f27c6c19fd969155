import MusterSpec

/// Ports against each other and against the range the kernel hands out by itself.
struct PortRules {
    let spec: ClusterSpec
    let http: Port
    let rendezvous: Port
    let derived: [DerivedPort]

    func check() -> [Diagnostic] {
        ephemeral() + collisions()
    }

    private func ephemeral() -> [Diagnostic] {
        var problems: [Diagnostic] = []
        if let span = spec.rendezvousPort?.span, let last = derived.map(\.value).max(), last >= Port.firstEphemeral {
            let over = last > 65535
            problems.append(
                Diagnostic(
                    .portInEphemeralRange,
                    over
                        ? "the engine's ports above the rendezvous port pass 65535"
                        : "the engine derives ports from the rendezvous port that the kernel hands out to others",
                    at: span,
                    found: "\(rendezvous) to \(last)",
                    expected: "a rendezvous port below \(Port.firstEphemeral - (last - rendezvous.value))",
                    hint: "choose a port such as 5000"
                )
            )
        } else {
            for (port, key) in [(spec.rendezvousPort, "rendezvous"), (spec.httpPort, "http")] {
                guard let port, port.value.value >= Port.firstEphemeral else { continue }
                problems.append(
                    Diagnostic(
                        .portInEphemeralRange,
                        .warning,
                        "the \(key) port lies in the range the kernel hands out for outgoing connections",
                        at: port.span,
                        found: port.value.description,
                        expected: "a port below \(Port.firstEphemeral) (net.ipv4.ip_local_port_range)",
                        hint: "choose a lower port, such as \(key == "http" ? "8000" : "5000")"
                    )
                )
            }
        }
        return problems
    }

    private func collisions() -> [Diagnostic] {
        // Both written and equal is the spec's own check; here one of them is a default or derived.
        if http == rendezvous, spec.httpPort == nil || spec.rendezvousPort == nil {
            return [
                Diagnostic(
                    .portCollision,
                    "the HTTP port and the rendezvous port are the same",
                    at: spec.httpPort?.span ?? spec.rendezvousPort?.span,
                    found: "\(http); one of them is the engine's default",
                    expected: "two different ports",
                    hint: "give both: `ports: {http: 8000, rendezvous: 5000}`"
                )
            ]
        }
        guard let clash = derived.first(where: { $0.value == http.value }) else { return [] }
        return [
            Diagnostic(
                .derivedPortCollision,
                "the HTTP port is one the engine derives from the rendezvous port",
                at: spec.httpPort?.span ?? spec.rendezvousPort?.span,
                found: "\(http), which is rendezvous + \(clash.value - rendezvous.value) (\(clash.purpose))",
                expected: "an HTTP port outside \(rendezvous) to \((derived.map(\.value).max() ?? 0))",
                hint: "choose ports further apart, for example `ports: {http: 8000, rendezvous: 5000}`"
            )
        ]
    }
}
