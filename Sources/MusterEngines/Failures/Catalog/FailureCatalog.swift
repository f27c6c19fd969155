/// Every failure that muster knows by its line.
package enum FailureCatalog {
    /// The special before the general: of two that fit one line equally well, the first is meant.
    package static let all: [FailureSignature] =
        ssh + container + kernel + rdma + nccl + ncclEnds + gpu + torch + gloo + kernels + sglang + vllm + ray + weights
        + progress + host

    private static let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })

    package static subscript(id: String) -> FailureSignature? { byID[id] }
}
