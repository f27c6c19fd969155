/// The part of the stack a failure belongs to.
package enum FailureArea: String, Sendable, CaseIterable {
    case ssh, container, gpu, kernel, nccl, rdma, torch, model, sglang, vllm, ray, host
    /// Lines that tell of success.
    case progress
}
