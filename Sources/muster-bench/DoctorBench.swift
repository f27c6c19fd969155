import MusterDoctor
import MusterPlan
import MusterRuntime
import MusterSpec

/// What it costs to read what many nodes answered to the probe, and to judge what they come to.
struct DoctorBench {
    private let file: String
    private let directory: String
    private let runs: Int

    /// What one node printed.
    private struct Answer {
        let node: String
        let nonce: String
        let times: ProbeTimes
        let bytes: [UInt8]
    }

    private struct Failed: Error, CustomStringConvertible { let description: String }

    init?(_ arguments: ArraySlice<String>) {
        guard let words = FileWords(arguments, runs: 5) else { return nil }
        (file, directory, runs) = (words.file, words.other, words.runs)
    }

    func run() async throws {
        let machine = LocalFiles.machine()
        let checked = CheckedFile(ClusterFile(bytes: try read(file, machine), name: file, world: .unknown))
        guard let spec = checked.spec, !checked.plans.isEmpty else {
            throw Failed(description: "the file of the benchmark is not valid")
        }
        let answers = try spec.nodes.map { try answer(of: $0.name, machine) }
        var (reading, judging) = (Laps(), Laps())
        var (damages, findings) = (0, 0)
        for _ in 0..<runs {
            // As `muster doctor` takes answers: each on its own, cut into sections, without secrets, and then read.
            let facts = await reading.measure {
                NodeFacts(
                    documents: await FanOut.map(answers) { answer in
                        InventoryDocument(
                            node: answer.node,
                            answer: ProbeAnswer(answer.bytes, nonce: answer.nonce),
                            times: answer.times
                        )
                    }
                )
            }
            let inventories = facts.inventories
            let examination = judging.measure {
                Examination(spec: spec, plans: checked.plans, inventories: inventories)
            }
            damages = inventories.values.reduce(0) { $0 + $1.damages.count }
            findings = examination.findings.count
        }
        print(
            #"{"nodes":\#(answers.count),"bytes":\#(answers.reduce(0) { $0 + $1.bytes.count }),"damages":\#(damages),"#
                + #""findings":\#(findings),"read_ms":\#(reading.wall),"read_cpu_ms":\#(reading.processor),"#
                + #""judge_ms":\#(judging.wall),"judge_cpu_ms":\#(judging.processor),"#
                + #""peak_rss_mb":\#(megabytes(ProcessUsage.now.peak))}"#
        )
    }

    /// A node's file: a line `ASKED ANSWERED NONCE`, both times in seconds since 1970, then what the probe printed.
    private func answer(of node: String, _ machine: LocalMachine) throws -> Answer {
        let bytes = try read("\(directory)/\(node)", machine)
        let end = bytes.firstIndex(of: 0x0a) ?? 0
        let words = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ")
        guard words.count == 3, let asked = Double(words[0]), let answered = Double(words[1]) else {
            throw Failed(description: "`\(directory)/\(node)` does not begin with two times and a nonce")
        }
        return Answer(
            node: node,
            nonce: String(words[2]),
            times: ProbeTimes(asked: asked, answered: answered),
            bytes: Array(bytes[(end + 1)...])
        )
    }

    private func read(_ path: String, _ machine: LocalMachine) throws -> [UInt8] {
        try LocalFiles.read(path, machine).mapError { Failed(description: "`\(path)`: \($0.reason)") }.get()
    }
}
