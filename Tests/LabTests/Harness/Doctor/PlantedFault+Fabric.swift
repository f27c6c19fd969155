import Foundation
import MusterSpec

extension PlantedFault {
    static let ports = [
        PlantedFault("port-off", .rdmaPortNotActive, "`ip link set dev ens1f1np1 up`"),
        PlantedFault("port-slow", .rdmaPortSlow, "replace the cable or its transceiver"),
        PlantedFault("port-infiniband", .linkLayersMixed, "name the devices of one kind in `rdma_hcas`"),
        PlantedFault("gid-shifted", .gidUnusable, "write `rdma_gid_index: 4` for this node"),
        PlantedFault("gid-one-shifted", .gidIndexNotCommon, "write `rdma_gid_index: auto`"),
        PlantedFault("gid-no-address", .gidUnusable, "give ens1f1np1 an IPv4 address"),
        PlantedFault("rail-mtu", .interfaceMTUDiffers, "set one MTU on all nodes"),
        PlantedFault("no-verbs-files", .verbsMissing, "modprobe ib_uverbs"),
    ]

    static let cards =
        [
            PlantedFault("nic-missing", .topologyDiffers, "lspci -d 15b3:"),
            PlantedFault("nic-no-driver", .nicWithoutDriver, "modprobe mlx5_ib"),
            PlantedFault("nic-narrow", .nicLinkNarrow, "a slot with all lanes"),
            PlantedFault("acs", .accessControlRedirects, "switch ACS off"),
            PlantedFault("iommu", .iommuTranslates, "add `iommu=pt`"),
        ] + (loadsModules ? [PlantedFault("no-peer-memory", .noGPUDirect, "modprobe nvidia-peermem")] : [])

    /// The list of modules is the one file that cannot be stood in for where the kernel of this machine loads none.
    static let loadsModules = FileManager.default.fileExists(atPath: "/proc/modules")
}
