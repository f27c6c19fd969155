import MusterDoctor
import MusterSpec
import MusterSupervision

/// What a supervisor finds out beside what its machine asks for.
extension Supervisor {
    /// Looks which way a gang that has just become ready talks between its nodes. It is told where it is known: for its
    /// story, since a status looks anew.
    func proveTransport(_ replica: Int, _ generation: Int) async {
        guard let plan = plan(replica), let proof = await TransportLook.take(at: fleet(plan), generation),
            proof.verdict != .unknown
        else { return }
        var codes: [String] = []
        for finding in proof.findings where !codes.contains(finding.code.description) {
            codes.append(finding.code.description)
        }
        inputs.yield(
            .found(.transportProven(replica: replica, generation: generation, text: proof.text, codes: codes))
        )
    }
}
