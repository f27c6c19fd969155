import MusterSpec
import OrderedCollections

extension GPUHealthRules {
    /// The width of a link does not change with load, unlike its speed, which idle cards drop on purpose. A width that
    /// all GPUs of all nodes share may be how the machines were built.
    static func narrowLinks(_ cluster: ExaminedCluster) -> [Finding] {
        let links = cluster.nodes.flatMap { node in
            (node.gpus ?? []).compactMap { gpu in
                gpu.linkWidth.value.flatMap { width in
                    gpu.linkWidthMax.value.map { (node: node, gpu: gpu, width: width, most: $0) }
                }
            }
        }
        let isCommon = Set(links.map(\.width)).count == 1 && cluster.nodes.count > 1
        return links.filter { $0.width < $0.most }.map { node, gpu, width, most in
            let address = gpu.address.value
            let limit = node.inventory.narrowing(of: address)
            return node.finding(
                .gpuLinkNarrow,
                isCommon ? .warning : .error,
                on: "GPU \(gpu.index.value ?? 0)",
                "a GPU has fewer PCIe lanes than it can use",
                measured: "x\(width) at \(address?.description ?? "an unknown address")" + limit,
                expected: "x\(most)",
                change: isCommon
                    ? "check the slots' bifurcation in the firmware setup, if the machines were not built so"
                    : "reseat the card and its riser; then compare slot and bifurcation with a GPU that has x\(most)"
            )
        }
    }

    /// FP8 weights on a card without FP8 units: engines fall back to slower kernels or refuse (8.9 is Ada).
    private static let firstWithFP8 = (major: 8, minor: 9)

    static func quantisation(_ node: ExaminedNode) -> [Finding] {
        guard let source = fp8(node) else { return [] }
        let old = (node.gpus ?? []).compactMap { gpu -> (index: Int, capability: String)? in
            guard let capability = gpu.computeCapability.value,
                case let parts = Cut.split(capability, UInt8(ascii: ".")).compactMap(Digits.count), parts.count == 2,
                (parts[0], parts[1]) < (firstWithFP8.major, firstWithFP8.minor)
            else { return nil }
            return (gpu.index.value ?? 0, capability)
        }
        guard let first = old.first else { return [] }
        return [
            node.finding(
                .quantisationUnsupported,
                .warning,
                on: Names.gpus(old.map(\.index)),
                "the model is FP8 and the GPU has no FP8 units",
                measured: "compute capability \(first.capability), FP8 by \(source.text)",
                expected: "8.9 or later",
                change: "use a BF16 or INT8 copy of the model, or other GPUs",
                at: source.span
            )
        ]
    }

    private static func fp8(_ node: ExaminedNode) -> (text: String, span: SourceSpan)? {
        if let argument = node.file.arguments["quantization"], case .text(let value) = argument.value {
            return value == "fp8" ? ("`args.quantization`", argument.valueSpan) : nil
        }
        guard let text = node.inventory.model.value?.texts["config.json"],
            // One that cannot be read is a finding of its own.
            let config = try? JSONReader.value(of: Array(text.utf8)),
            config["quantization_config"]?["quant_method"]?.text == "fp8"
        else { return nil }
        return ("`config.json`", node.file.model.span)
    }
}

extension NodeInventory {
    /// What the kernel said about a narrow link of a device, as the end of a sentence: it names the port.
    func narrowing(of address: PCIAddress?) -> String {
        guard let address else { return "" }
        for event in kernelLog.value?.events ?? [] {
            guard case .narrowLink(let link) = event.kind, link.device == address, let port = link.limitedBy else {
                continue
            }
            return ", limited at \(port) to \(Amount.text(link.available)) Gb/s (kernel log)"
        }
        return ""
    }
}
