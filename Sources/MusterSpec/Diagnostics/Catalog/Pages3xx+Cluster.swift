extension DiagnosticCatalog {
    /// Nodes, addresses, interfaces and ports, whatever the engine.
    static let clusterPages: [DiagnosticPage] = [
        DiagnosticPage(
            .duplicateHost,
            "a host stands twice",
            meaning: """
                The same host is listed two times, as nodes, as spares, or as one of each; ranges often overlap by one. \
                Two launchers of one deployment on the same GPUs fail minutes later, when memory runs out. Several sshd on \
                one machine are told apart by their port.
                """,
            fix: "Remove one of the two, or shorten the range.",
            edits: ["nodes: [10.0.0.1, 10.0.0.2]": "nodes: [10.0.0.1, 10.0.0.1]"]
        ),
        DiagnosticPage(
            .duplicateNodeName,
            "a node name stands twice",
            meaning: """
                `--node` and every table call a node by its name. A name that two nodes share would leave open which of \
                them a command stops.
                """,
            fix: "Give each node its own name, or none: the host is the name then.",
            edits: [
                "nodes: [10.0.0.1, 10.0.0.2]": "nodes: [{host: 10.0.0.1, name: gpu}, {host: 10.0.0.2, name: gpu}]"
            ]
        ),
        DiagnosticPage(
            .duplicateAddress,
            "an address stands twice",
            meaning: """
                Two nodes are said to own the same address. Each unit is told its own address, and the ranks of one node \
                would then be looked for on the other, which shows only as a rendezvous that never completes.
                """,
            fix: "Give each node the address that `ip -brief addr` shows there on tcp_iface.",
            edits: [
                "nodes: [10.0.0.1, 10.0.0.2]":
                    "nodes: [{host: gpu-a, address: 10.0.0.1}, {host: gpu-b, address: 10.0.0.1}]"
            ]
        ),
        DiagnosticPage(
            .layoutDoesNotFillGPUs,
            "the parallel sizes do not use the GPUs there are",
            meaning: """
                The sizes multiply to another number of ranks than the nodes have GPUs. With fewer ranks, GPUs that are \
                paid for stay dark; with more, a rank asks for a device that does not exist, and it finds out only after \
                the launch, while all others wait for it. Expert parallelism and DP attention split the TP group and add \
                no ranks.
                """,
            fix: """
                Make tp_size x pp_size (x dp_size, where copies on one node are meant) equal to the number of nodes times \
                gpus_per_node; with several `replicas`, to that of the nodes of one.
                """,
            edits: ["tp_size: 16": "tp_size: 8"]
        ),
        DiagnosticPage(
            .masterIsNoNode,
            "`master_ip` belongs to no node",
            meaning: """
                Ranks meet at a socket that the first node opens on master_ip. No node of the file owns this address, so \
                nobody would listen there, and every launcher would wait until its rendezvous limit, ten minutes unless \
                told otherwise.
                """,
            fix: "Write the first node's address, or remove the key: it is taken from the first node then.",
            edits: ["rdma_gid_index: 3": "rdma_gid_index: 3\nmaster_ip: 10.0.0.9"]
        ),
        DiagnosticPage(
            .masterUnknown,
            "where ranks meet is not known",
            meaning: """
                The first node is given by name, and neither its address nor master_ip is. muster does not resolve names \
                for this: a name often resolves to the management network, while the ranks have to meet on the network of \
                tcp_iface.
                """,
            fix: "Add `master_ip`, or write the first node as `{host: NAME, address: ADDRESS}`.",
            edits: ["nodes: [10.0.0.1, 10.0.0.2]": "nodes: [gpu-a, 10.0.0.2]"]
        ),
        DiagnosticPage(
            .addressUnknown,
            "the address of a node is not in the file",
            meaning: """
                Each engine tells the other ranks where to reach it. Unless it is told its address it takes the one of \
                the default route, which on a machine with two networks is often the wrong one. This is a warning, since \
                on a machine with one network the guess is right.
                """,
            fix: "Write `{host: NAME, address: ADDRESS}` with the node's address on tcp_iface.",
            edits: ["nodes: [10.0.0.1, 10.0.0.2]": "nodes: [10.0.0.1, gpu-b]"]
        ),
        DiagnosticPage(
            .portCollision,
            "the HTTP port and the rendezvous port are the same",
            meaning: """
                Both are opened on the first node, and the second to come fails with `address already in use`: after the \
                weights are loaded, because the HTTP port is bound last.
                """,
            fix: "Give two different ports, for example `ports: {http: 8000, rendezvous: 5000}`.",
            edits: ["ports: {http: 8000, rendezvous: 5000}": "ports: {http: 5000, rendezvous: 5000}"]
        ),
        DiagnosticPage(
            .portInEphemeralRange,
            "a port lies where the kernel takes ports for itself",
            meaning: """
                Linux gives outgoing connections ports from 32768 up unless told otherwise, so a listener there may find \
                its port taken by any client that happened to connect a moment earlier. A start that works nine times out \
                of ten fails the tenth. Where an engine derives ports above the rendezvous port, all of them count.
                """,
            fix: "Choose a port below 32768, for example 5000 for the rendezvous and 8000 for HTTP.",
            edits: ["ports: {http: 8000, rendezvous: 5000}": "ports: {http: 8000, rendezvous: 40000}"]
        ),
        DiagnosticPage(
            .interfaceMissing,
            "no TCP interface is named",
            meaning: """
                Without a name NCCL takes the first interface it likes, and Gloo the one that the machine's own host name \
                resolves to. Where `/etc/hosts` makes that a loopback address, as many distributions do, every group that \
                spans nodes fails with `Gloo connectFullMesh failed`.
                """,
            fix: """
                Add `tcp_iface`, the interface that owns the nodes' addresses: the bond, not one of its members. A node \
                where it has another name says so in its own mapping.
                """,
            pointsAtEdit: false,
            edits: ["tcp_iface: bond0": "# tcp_iface: bond0"]
        ),
        DiagnosticPage(
            .masterNotFirst,
            "`master_ip` belongs to a node that is not node rank 0",
            meaning: """
                World rank 0 opens the rendezvous socket, and it lives on node rank 0. With master_ip on another node \
                nothing listens there, and everybody waits until the time limit.
                """,
            fix: "Put the node that owns the address first in `nodes`, or remove `master_ip`.",
            edits: ["rdma_gid_index: 3": "rdma_gid_index: 3\nmaster_ip: 10.0.0.2"]
        ),
        DiagnosticPage(
            .unusableAddress,
            "an address cannot be reached by other nodes",
            meaning: """
                Loopback and unspecified addresses mean something else on each machine, and link-local ones need an \
                interface to go with them. Ranks on other nodes would connect to themselves. Loopback is accepted where \
                every node has it, which is a test on one machine.
                """,
            fix: "Write the address that `ip -brief addr` shows on tcp_iface of that node.",
            edits: ["rdma_gid_index: 3": "rdma_gid_index: 3\nmaster_ip: 0.0.0.0"]
        ),
        DiagnosticPage(
            .managementInterface,
            "the interface looks like one that exists on each machine by itself",
            meaning: """
                Bridges of container runtimes and virtual machines have the same private address on every machine, so a \
                connection over them ends where it began. The name is only a hint, hence a warning.
                """,
            fix: "Name the interface that owns the node's address.",
            edits: ["tcp_iface: bond0": "tcp_iface: docker0"]
        ),
        DiagnosticPage(
            .duplicateNodeRank,
            "the node ranks do not number the nodes",
            meaning: """
                Ranks written by hand have to be 0 up to one less than the number of nodes, each once. No engine checks \
                this: two nodes with one rank, or a gap, show as a rendezvous that times out on all nodes.
                """,
            fix: "Number every node, or remove all ranks: nodes are numbered in the order they stand in.",
            edits: [
                "nodes: [10.0.0.1, 10.0.0.2]": "nodes: [{host: 10.0.0.1, rank: 0}, {host: 10.0.0.2, rank: 0}]"
            ]
        ),
        DiagnosticPage(
            .unevenReplicas,
            "the nodes cannot be split into equal replicas",
            meaning: """
                All replicas of a deployment have the same sizes, so each needs the same number of nodes: the list, in \
                its order, is cut into as many equal runs as there are replicas. Spares are not counted; they stand by \
                for all of them.
                """,
            fix: "Change `replicas`, or add or remove nodes until their number is a multiple of it.",
            edits: ["tp_size: 16": "tp_size: 16\nreplicas: 3"]
        ),
        DiagnosticPage(
            .addressOfSeveral,
            "one address cannot be that of several replicas",
            meaning: """
                Each replica is a gang of its own: its ranks meet on its own first node, and that node serves its HTTP. With \
                one `master_ip` or one `bind` address for all of them, every replica but one would wait for a socket that \
                belongs to another, or fail to open its own.
                """,
            fix: """
                Remove the key. Where the first node of a replica is given by name, write it as `{host: NAME, address: \
                ADDRESS}` with its address on tcp_iface.
                """,
            edits: ["tp_size: 16": "tp_size: 8\nreplicas: 2\nmaster_ip: 10.0.0.1"]
        ),
    ]
}
