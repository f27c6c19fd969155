package import MusterSpec

/// The part of the stack a failure belongs to.
package enum FailureArea: String, Codable, Sendable, CaseIterable {
    case ssh, container, gpu, kernel, nccl, rdma, torch, model, sglang, vllm, ray, host
    /// Lines that tell of success.
    case progress

    /// The code whose page explains failures of this part; nothing where nothing failed.
    package var code: DiagnosticCode? {
        switch self {
        case .ssh: .failedAtSSH
        case .container: .failedAtContainer
        case .gpu: .failedAtGPU
        case .kernel: .failedAtKernel
        case .nccl: .failedAtNCCL
        case .rdma: .failedAtRDMA
        case .torch: .failedAtTorch
        case .model: .failedAtModel
        case .sglang: .failedAtSGLang
        case .vllm: .failedAtVLLM
        case .ray: .failedAtRay
        case .host: .failedAtHost
        case .progress: nil
        }
    }
}
