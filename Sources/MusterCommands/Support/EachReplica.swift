import MusterPlan
import MusterRuntime

/// One operation on all replicas at once. They have nothing in common but their file: what fails in one is no reason to
/// stop another.
enum EachReplica {
    /// - Parameters:
    ///   - plans: The replicas.
    ///   - work: What to do for each.
    /// - Returns: How each ended, in their order.
    /// - Throws: `OperationErrors` when all of them failed.
    static func run<Value: Sendable>(
        _ plans: [LaunchPlan],
        _ work: @escaping @Sendable (LaunchPlan) async throws -> Value
    ) async throws -> [Result<Value, OperationErrors>] {
        let results = await FanOut.map(plans, width: plans.count) { plan -> Result<Value, OperationErrors> in
            do {
                return .success(try await work(plan))
            } catch {
                return .failure(OperationErrors(Session.flatten(error)))
            }
        }
        let failures = results.compactMap { if case .failure(let failure) = $0 { failure } else { nil } }
        guard failures.count < results.count else { throw OperationErrors(failures.flatMap(\.errors)) }
        return results
    }
}

extension MusterExit {
    /// The exit code of several replicas: all of them ended the same way, or the whole was done in part.
    static func of(_ exits: [MusterExit]) -> MusterExit {
        guard let first = exits.first, !exits.allSatisfy({ $0 == first }) else { return exits.first ?? .ok }
        return exits.contains(.ok) || exits.contains(.partial) ? .partial : .failed
    }
}
