extension DiagnosticCatalog {
    /// What `doctor --deep` measures.
    static let bandwidthPages: [DiagnosticPage] = [
        DiagnosticPage(
            .measurementNotMade,
            "bandwidth was not measured",
            meaning: """
                `muster doctor --deep` loads every GPU of the file, so it begins only where nobody is disturbed and where \
                it can end. Cards that somebody uses are named with the processes that hold them, and so is a deployment of \
                this very file that runs. Errors with which ranks would neither start nor meet stand against it, too: they \
                would be measured as hangs.
                """,
            fix: "Wait for who uses the cards, or take the deployment down; mend the errors that are named first.",
            message: "bandwidth was not measured: gpu-3: GPUs are held by another process: pid 4711 `train`, ada",
            next: "muster doctor cluster.yaml"
        ),
        DiagnosticPage(
            .measurementFailed,
            "a reduction did not come to its end",
            meaning: """
                Ranks met to reduce a message as those of an engine would, and one of them died, or not all were through \
                when the time was over. Whoever was behind the others is named: a rank that was killed, one that ended with \
                a message of its own, or the one that had not come as far as the rest. Where nothing tells the nodes of a \
                meeting apart, all of them are named. A launch would stop at the same place, minutes later.
                """,
            fix: """
                Follow what the rank said last, and look at `dmesg` and `nvidia-smi` on its node. Where ranks wait for each \
                other without a word, look for ports that are closed and for a wrong GID index.
                """,
            message: "gpu-3: 8 ranks within the node: rank 5 was ended by signal 9 while reducing 256 MiB",
            next: "ssh gpu-3 'dmesg | tail; nvidia-smi'"
        ),
        DiagnosticPage(
            .nodeSlowInside,
            "the GPUs of the node talk more slowly than those of other nodes",
            meaning: """
                All-reduce among the GPUs of this node reaches less than 70 % of what it reaches on the best node, without \
                any network. PCIe lanes that are missing, access control that sends traffic between cards through the \
                processor, and cards that throttle are the usual causes. The slowest node sets the pace of all.
                """,
            fix: "Compare `nvidia-smi topo -m`, clocks and PCIe links with the node that is named as the best.",
            message: "gpu-3: the GPUs of the node talk more slowly than those of other nodes: 9.8 GB/s",
            next: "ssh gpu-3 'nvidia-smi topo -m; nvidia-smi -q -d CLOCK,PERFORMANCE'"
        ),
        DiagnosticPage(
            .nodeSlowBetween,
            "the node is slow with every other node",
            meaning: """
                Each pair of nodes was measured alone, and every pair with this node reaches less than 70 % of the best pair. \
                So it is not the way to one neighbour: it is what the node shares with all of them, its cards, its cables, \
                its ports of the switch, or the way from its GPUs to its cards.
                """,
            fix: "Look at the rates of its ports, at what they drop or pause, and at the slots of its cards.",
            message: "gpu-3: the node is slow with every other node: 1.2 with gpu-1, 1.3 with gpu-2 GB/s",
            next: "ssh gpu-3 'ethtool -S ens1f0np0 | grep -E \"drop|pause|discard\"'"
        ),
        DiagnosticPage(
            .pairSlow,
            "two nodes are slow with each other",
            meaning: """
                This pair of nodes reaches less than 70 % of the best pair, and both are fast with others. What only these \
                two share is the way between them: an uplink between two switches, a queue that overflows, a route.
                """,
            fix: "Look at the switches between the two, and measure again: other traffic may have been there.",
            message: "gpu-2, gpu-3: two nodes are slow with each other: 4.1 GB/s",
            next: "muster doctor --deep cluster.yaml"
        ),
        DiagnosticPage(
            .bandwidthLow,
            "less goes through between nodes than their cards allow",
            meaning: """
                All nodes are alike, and what they reach is below 70 % of what their ports in use add up to, or of what the \
                GPUs reach within a node where that is less. A ring over nodes can be no faster than either. Traffic over TCP, \
                a missing GPUDirect, lost packets of a lossy RoCE queue and paths that cross in the switches look like this.
                """,
            fix: "Mend what is found besides; then look at the counters of ports and switches for loss and pauses.",
            message: "gpu-1, gpu-2: less goes through between nodes than their cards allow: 9.8 of 25 GB/s",
            next: "muster doctor --verbose cluster.yaml"
        ),
    ]
}
