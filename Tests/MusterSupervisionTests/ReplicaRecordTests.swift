import MusterEngines
import Testing

@testable import MusterSupervision

@Suite("The record of a replica")
struct ReplicaRecordTests {
    private static func answer(_ line: String) throws -> FailureAnswer {
        var cause = FirstCause()
        cause.take([line], from: LogSource(name: "a", node: "a"))
        return try #require(cause.answer())
    }

    @Test("keeps the answer of the newest generation that has one, whichever look ends last")
    func explained() throws {
        let (first, second) = (
            try Self.answer("CUDA out of memory. Tried to allocate 1.00 GiB."), try Self.answer("Too many open files")
        )
        var record = ReplicaRecord()
        func take(_ generation: Int, _ answer: FailureAnswer?) {
            record.apply(.explained(replica: 0, generation: generation, answer: answer), at: 1, keeping: 60)
        }
        take(2, second)
        take(1, first)
        #expect(record.failure == ExplainedFailure(generation: 2, answer: second))
        take(3, nil)
        #expect(record.failure?.generation == 2)
        take(3, first)
        #expect(record.failure == ExplainedFailure(generation: 3, answer: first))
    }
}
