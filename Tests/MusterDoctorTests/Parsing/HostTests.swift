import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("What a host says of itself")
struct HostTests {
    @Test("meminfo")
    func memory() throws {
        let text = bytes("MemTotal:       1055000000 kB", "MemAvailable:   1000000 kB", "HugePages_Total:       0")
        let memory = try HostMemory.read(text).require()
        #expect(memory.total?.bytes == 1_055_000_000 << 10 && memory.available?.bytes == 1_000_000 << 10)
        #expect(memory.swapFree == nil)
        #expect(HostMemory.read(bytes("MemTotal: 1 kB", "MemFree: many kB")).damage?.line == 2)
        #expect(HostMemory.read(bytes("MemFree: 1 kB")).damage?.reason == .foreign)
    }

    @Test("df, with blanks in names and a mount that is not there")
    func fileSystems() throws {
        let reading = FileSystems.read(
            bytes(
                "Filesystem     1024-blocks      Used Available Capacity Mounted on",
                "/dev/nvme0n1p2   459850824 101010101 335409332      24% /",
                "tmpfs 65536 0 65536 0% /dev/shm",
                "//nas/my share 1000 10 990 1% /mnt/my models",
                "proc 0 0 0 - /proc",
                "df: /nowhere: No such file or directory"
            )
        )
        let found = try reading.require().fileSystems
        #expect(found.map(\.mountPoint) == ["/", "/dev/shm", "/mnt/my models", "/proc"])
        #expect(found.map(\.device) == ["/dev/nvme0n1p2", "tmpfs", "//nas/my share", "proc"])
        #expect(found[1].size.bytes == 64 << 20 && found[0].available.bytes == 335_409_332 << 10)
        #expect(reading.remarks.map(\.line) == [6])
        let wrapped = bytes(
            "Filesystem 1024-blocks Used Available Capacity Mounted on",
            "/dev/mapper/a-long-name",
            " 1 2 3 4% /"
        )
        #expect(FileSystems.read(wrapped).damage?.line == 2)
    }

    @Test("modules in the form of /proc and of lsmod")
    func modules() throws {
        let proc = try KernelModules.read(
            bytes(
                "nvidia_peermem 16384 0 - Live 0x0000000000000000 (OE)",
                "ib_core 450560 9 rdma_cm,ib_uverbs, Live 0x0"
            )
        ).require()
        #expect(proc.contains("nvidia_peermem") && !proc.contains("nvidia"))
        #expect(proc.modules[1].uses == 9 && proc.modules[1].state == "Live")
        let listed = try KernelModules.read(bytes("Module                  Size  Used by", "ib_core 450560 9 rdma_cm"))
            .require()
        #expect(listed.modules.map(\.name) == ["ib_core"])
    }

    @Test("limits in the words of bash, dash and the kernel")
    func limits() throws {
        let bash = try ResourceLimits.read(
            bytes(
                "core file size              (blocks, -c) 0",
                "max locked memory           (kbytes, -l) 8192",
                "open files                          (-n) 1024",
                "stack size                  (kbytes, -s) 8192",
                "max user processes                  (-u) unlimited"
            )
        ).require()
        #expect(bash.lockedMemory?.soft == .limit(8192 << 10) && bash.openFiles?.soft == .limit(1024))
        #expect(bash.stack?.soft == .limit(8192 << 10) && bash.processes?.soft == .unlimited)
        let dash = try ResourceLimits.read(
            bytes("time(seconds)        unlimited", "locked memory(kbytes) unlimited", "nofiles              65535")
        ).require()
        #expect(dash.lockedMemory?.soft == .unlimited && dash.openFiles?.soft == .limit(65535))
        let kernel = try ResourceLimits.read(
            bytes(
                "Limit                     Soft Limit           Hard Limit           Units",
                "Max processes             63521                63521                processes",
                "Max open files            1024                 1048576              files",
                "Max locked memory         65536                unlimited            bytes"
            )
        ).require()
        #expect(kernel.lockedMemory == .init(soft: .limit(65536), hard: .unlimited))
        #expect(kernel.openFiles == .init(soft: .limit(1024), hard: .limit(1_048_576)))
        let own = try ResourceLimits.read(bytes("memlock=unlimited", "nofile=1048576")).require()
        #expect(own.lockedMemory?.soft == .unlimited && own.openFiles?.soft == .limit(1_048_576))
        #expect(ResourceLimits.read(bytes("memlock=lots")).damage?.reason == .malformed)
        #expect(ResourceLimits.read(bytes("nothing")).damage?.reason == .foreign)
    }
}
