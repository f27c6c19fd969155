import MusterSpec

@testable import MusterDoctor

extension FaultCase {
    static let links: [FaultCase] = [
        FaultCase(
            title: "eight lanes of sixteen",
            code: .gpuLinkNarrow,
            subject: "GPU 4",
            measured: "x8 at 0000:9a:00.0, limited at 0000:99:00.0 to 126 Gb/s",
            change: "reseat the card"
        ) { fleet in
            fleet.machines[2].gpus[4]["pcie.link.width.current"] = "8"
            fleet.machines[2].kernelLog.append(
                "[    3.100000] pci 0000:9a:00.0: 126.016 Gb/s available PCIe bandwidth, "
                    + "limited by 16.0 GT/s PCIe x8 link at "
                    + "0000:99:00.0 (capable of 252.048 Gb/s with 16.0 GT/s PCIe x16 link)"
            )
        },
        FaultCase(
            title: "a NIC with too few lanes for its rate",
            code: .nicLinkNarrow,
            subject: "mlx5_1",
            measured: "16 GT/s x4 at 0000:9c:00.0",
            change: "a slot with all lanes"
        ) { $0.machines[2].cards[1].width = 4 },
        FaultCase(
            title: "NICs with too few lanes for their rate on all machines alike",
            code: .nicLinkNarrow,
            severity: .warning,
            nodes: ["gpu-1", "gpu-2", "gpu-3", "gpu-4"],
            subject: "mlx5_1",
            measured: "16 GT/s x4 at 0000:9c:00.0",
            change: "if the machines were not built so"
        ) { fleet in fleet.all { $0.cards[1].width = 4 } },
        FaultCase(
            title: "a Gen4 NIC in a Gen3 slot that is fast enough",
            code: .nicLinkNarrow,
            severity: .warning,
            subject: "mlx5_1",
            measured: "8 GT/s x16",
            change: "a slot with all lanes"
        ) { $0.machines[2].cards[1].speed = "8.0 GT/s PCIe" },
        FaultCase(
            title: "a card under the wrong switch",
            code: .nicUnderAnotherSwitch,
            subject: "mlx5_1",
            measured: "mlx5_1 at 0000:5a:00.0 below pci0000:54/0000:54:01.0/0000:55:00.0/0000:56:03.0, "
                + "nearest to GPUs 2-3 (PIX)",
            change: "the slot that is 0000:9c:00.0 on gpu-1"
        ) { $0.machines[2].cards[1].slot = Machine.Slot(pcieSwitch: 1, slot: 3) },
        FaultCase(
            title: "a card under the wrong switch, in a narrow slot",
            code: .nicUnderAnotherSwitch,
            subject: "mlx5_1",
            measured: "nearest to GPUs 2-3",
            change: "the slot that is 0000:9c:00.0 on gpu-1",
            hides: [.nicLinkNarrow]
        ) { fleet in
            fleet.machines[2].cards[1].slot = Machine.Slot(pcieSwitch: 1, slot: 3)
            fleet.machines[2].cards[1].width = 4
        },
        FaultCase(
            title: "two cards behind one switch everywhere",
            code: .nicsUnbalanced,
            severity: .warning,
            nodes: ["gpu-1", "gpu-2", "gpu-3", "gpu-4"],
            subject: "RDMA cards",
            measured: "GPUs 0-1: 2; GPUs 2-3: 0; GPUs 4-5: 1; GPUs 6-7: 1",
            change: "the switch that has none"
        ) { fleet in
            fleet.all { machine in
                let places = [(0, 3, "ens3np0"), (3, 2, "ens4np0")]
                for (index, (pcieSwitch, slot, netdev)) in places.enumerated() {
                    machine.cards.append(
                        Machine.card(
                            "mlx5_\(index + 2)",
                            Machine.Slot(pcieSwitch: pcieSwitch, slot: slot),
                            netdev,
                            rail: index + 3,
                            machine.number
                        )
                    )
                }
            }
        },
        FaultCase(
            title: "one card fewer",
            code: .topologyDiffers,
            subject: "RDMA cards",
            measured: "1 card",
            change: "lspci -d 15b3:"
        ) { $0.machines[2].cards.removeLast() },
        FaultCase(
            title: "one card without its driver",
            code: .nicWithoutDriver,
            severity: .warning,
            subject: "NIC at 0000:9c:00.0",
            measured: "0000:9c:00.0: no driver",
            change: "modprobe mlx5_core mlx5_ib",
            hides: [.topologyDiffers]
        ) { fleet in
            fleet.machines[2].hidden = [fleet.machines[2].cards.removeLast().slot]
        },
        FaultCase(
            title: "access control redirects above a GPU",
            code: .accessControlRedirects,
            severity: .warning,
            subject: "PCIe bridges",
            measured: "redirects at 0000:18:00.0",
            change: "switch ACS off"
        ) { $0.machines[2].accessControl["0000:18:00.0"] = "SrcValid+ TransBlk- ReqRedir+ CmpltRedir+" },
        FaultCase(
            title: "the IOMMU translates",
            code: .iommuTranslates,
            severity: .warning,
            subject: "IOMMU",
            measured: "`intel_iommu=on`",
            change: "iommu=pt"
        ) { fleet in fleet.machines[2].host { $0.commandLine = ["quiet", "intel_iommu=on"] } },
        FaultCase(
            title: "one node without peer memory",
            code: .noGPUDirect,
            subject: nil,
            measured: "no module `nvidia_peermem`, and no DMA-BUF: proprietary kernel modules",
            change: "modprobe nvidia-peermem"
        ) { $0.machines[2].modules = ["nvidia", "mlx5_ib"] },
    ]
}
