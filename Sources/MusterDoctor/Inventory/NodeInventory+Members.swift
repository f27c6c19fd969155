import MusterSpec

extension NodeInventory {
    /// One part of an inventory: its value for programs, or why there is none.
    struct Member: Sendable {
        let name: String
        let outcome: Known<JSONValue>

        init<Value>(_ name: String, _ known: Known<Value>, _ json: (Value) -> JSONValue) {
            self.name = name
            outcome = known.map(json)
        }

        init(_ name: String, _ known: Known<some DocumentValue>) { self.init(name, known) { $0.json } }

        var known: (String, JSONValue)? { outcome.value.map { (name, $0) } }

        var unknown: (String, JSONValue)? {
            guard case .unknown(let reason) = outcome else { return nil }
            return (name, .string(reason))
        }
    }

    /// All parts, in the order they are drawn.
    var members: [Member] {
        [
            Member("clock", clock) { ["offset": .number($0.offset), "uncertainty": .number($0.uncertainty)] },
            Member("host", host, \.json),
            Member("limits", limits), Member("memory", memory),
            Member("disks", disks) { disks in
                .object(of: disks.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })
            },
            Member("modules", modules), Member("kernel_log", kernelLog),
            Member("gpus", gpus), Member("compute_apps", computeApps),
            Member("processes", processes) { .array($0.map(\.json)) },
            Member("topology", topology), Member("nvlinks", nvlinks), Member("pci", pci), Member("rdma", rdma),
            Member("access_control", accessControl),
            Member("congestion", congestion) { table in
                .object(of: table.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
            },
            Member("interfaces", interfaces), Member("bonds", bonds), Member("routes", routes),
            Member("listeners", listeners) { listeners in
                .array(listeners.map { .string("\($0.address.bracketed):\($0.port)") })
            },
            Member("software", software, \.json),
            Member("model", model) { ["path": .string($0.path), "exists": .boolean($0.exists)] },
            Member("container_runtime", containerRuntime, \.json),
            Member("engine_complaints", engineComplaints) { .array($0.map(JSONValue.string)) },
        ]
    }
}

extension HostFacts {
    fileprivate var json: JSONValue {
        [
            "boot_id": .optional(bootID), "hostname": .optional(hostname), "kernel": .optional(kernel),
            "machine": .optional(machine), "operating_system": .optional(operatingSystem), "user": .optional(user),
            "cpus": .optional(cpus), "governor": .optional(governor),
            "own_addresses": .array(ownAddresses.map { .string($0.text) }),
        ]
    }
}

extension FileSystems.FileSystem {
    fileprivate var json: JSONValue {
        [
            "mount_point": .string(mountPoint), "device": .string(device), "size_bytes": .integer(size.bytes),
            "available_bytes": .integer(available.bytes),
        ]
    }
}

extension NodeProcess {
    fileprivate var json: JSONValue {
        [
            "pid": .integer(pid), "uid": .optional(uid), "user": .optional(user), "age_seconds": .integer(age),
            "deployment": .optional(deployment), "title": .string(title),
        ]
    }
}

extension NodeSoftware {
    fileprivate var json: JSONValue {
        [
            "python": .string(python), "executable": .string(executable), "torch_cuda": .optional(torchCUDA),
            "packages": .object(of: packages.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }),
            "nccl_head": .optional(nccl?.head),
        ]
    }
}

extension ContainerRuntime {
    fileprivate var json: JSONValue {
        [
            "version": .optional(version), "runtimes": .array(runtimes.map(JSONValue.string)),
            "root": .optional(root), "missing_image": .optional(missingImage), "image_id": .optional(imageID),
            "image_digests": .array(imageDigests.map(JSONValue.string)),
        ]
    }
}
