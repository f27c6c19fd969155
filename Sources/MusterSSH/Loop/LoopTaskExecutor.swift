/// Keeps a task on a loop's thread between the waits of the actor that is pinned to the loop.
///
/// A continuation resumes its task on the executor of code that is on no actor, from where the task goes back to the
/// actor. By default that detour is the shared pool: two thread switches for each wait, and a standstill while the
/// pool's few threads are busy. With this as the task's preferred executor both steps stay on the loop.
final class LoopTaskExecutor: TaskExecutor {
    private let loop: SSHLoop

    init(_ loop: SSHLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        loop.enqueue(job, preferring: asUnownedTaskExecutor())
    }
}
