/* The yardstick for MusterSSH: a bare libssh2 epoll loop that connects, authenticates and runs one command on many
 * hosts at once, then runs it again on the open connections. One thread, no host key check, one JSON line. Compiled and
 * run by `Deploy/bench ssh`.
 *
 *   cc -O2 -o connect_exec connect_exec.c -lssh2
 *   connect_exec -n host:port,... -u user -k key -p key.pub -c command -r warm_repeats
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <libssh2.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum step { CONNECTING, HANDSHAKE, AUTH, OPEN, EXEC, READ, WAIT_CLOSED, CLOSE, FREE, DONE };

struct host {
    int fd;
    LIBSSH2_SESSION *session;
    LIBSSH2_CHANNEL *channel;
    enum step step;
    unsigned mask;
};

static const char *user, *key, *public_key, *command;
static int epoll_fd, running;

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static double cpu_ms(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static void fail(const char *what, int code) {
    fprintf(stderr, "connect_exec: %s: %d\n", what, code);
    exit(1);
}

/* One try of the current step: 0 to go on with the next, LIBSSH2_ERROR_EAGAIN to wait. */
static int try_step(struct host *h) {
    char buffer[32768];
    long got;
    switch (h->step) {
    case CONNECTING: {
        int error = 0;
        socklen_t length = sizeof error;
        getsockopt(h->fd, SOL_SOCKET, SO_ERROR, &error, &length);
        if (error) fail("connect", error);
        return 0;
    }
    case HANDSHAKE: return libssh2_session_handshake(h->session, h->fd);
    case AUTH:
        return libssh2_userauth_publickey_fromfile_ex(h->session, user, strlen(user), public_key, key, NULL);
    case OPEN:
        h->channel = libssh2_channel_open_session(h->session);
        return h->channel ? 0 : libssh2_session_last_errno(h->session);
    case EXEC: return libssh2_channel_exec(h->channel, command);
    case READ:
        while ((got = libssh2_channel_read(h->channel, buffer, sizeof buffer)) > 0) {}
        if (got < 0) return (int)got;
        return libssh2_channel_eof(h->channel) ? 0 : LIBSSH2_ERROR_EAGAIN;
    case WAIT_CLOSED: return libssh2_channel_wait_closed(h->channel);
    case CLOSE: return libssh2_channel_close(h->channel);
    case FREE: return libssh2_channel_free(h->channel);
    case DONE: return LIBSSH2_ERROR_EAGAIN;
    }
    return -1;
}

static void watch(struct host *h, unsigned mask) {
    if (h->mask == mask) return;
    struct epoll_event event = {.events = mask, .data.ptr = h};
    epoll_ctl(epoll_fd, h->mask ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, h->fd, &event);
    h->mask = mask;
}

static void advance(struct host *h) {
    while (h->step != DONE) {
        int code = try_step(h);
        if (code == LIBSSH2_ERROR_EAGAIN) {
            int out = libssh2_session_block_directions(h->session) & LIBSSH2_SESSION_BLOCK_OUTBOUND;
            watch(h, EPOLLIN | (out ? EPOLLOUT : 0));
            return;
        }
        if (code) fail("step", code);
        if (++h->step == DONE) running--;
    }
}

static void run(void) {
    struct epoll_event events[64];
    while (running > 0) {
        int count = epoll_wait(epoll_fd, events, 64, -1);
        for (int i = 0; i < count; i++) advance(events[i].data.ptr);
    }
}

int main(int argc, char **argv) {
    char *list = NULL;
    int repeats = 0, option;
    while ((option = getopt(argc, argv, "n:u:k:p:c:r:")) != -1) {
        switch (option) {
        case 'n': list = optarg; break;
        case 'u': user = optarg; break;
        case 'k': key = optarg; break;
        case 'p': public_key = optarg; break;
        case 'c': command = optarg; break;
        case 'r': repeats = atoi(optarg); break;
        default: return 2;
        }
    }
    if (!list || !user || !key || !public_key || !command) return 2;
    int hosts = 1;
    for (char *c = list; *c; c++) hosts += *c == ',';
    struct host *all = calloc(hosts, sizeof *all);
    libssh2_init(0);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);

    double wall = now_ms(), cpu = cpu_ms();
    running = hosts;
    char *save = NULL, *word = strtok_r(list, ",", &save);
    for (int i = 0; i < hosts; i++, word = strtok_r(NULL, ",", &save)) {
        char *colon = strchr(word, ':');
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(colon ? atoi(colon + 1) : 22)};
        if (colon) *colon = 0;
        if (inet_pton(AF_INET, word, &address.sin_addr) != 1) fail("address", i);
        struct host *h = &all[i];
        h->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        int one = 1;
        setsockopt(h->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        h->session = libssh2_session_init();
        libssh2_session_set_blocking(h->session, 0);
        if (connect(h->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS) fail("connect", errno);
        watch(h, EPOLLOUT);
    }
    run();
    double cold = now_ms() - wall, cold_cpu = cpu_ms() - cpu;

    printf("{\"impl\":\"C\",\"hosts\":%d,\"cold_ms\":%.3f,\"cold_cpu_ms\":%.3f,\"warm_ms\":[", hosts, cold, cold_cpu);
    cpu = cpu_ms();
    for (int r = 0; r < repeats; r++) {
        wall = now_ms();
        running = hosts;
        for (int i = 0; i < hosts; i++) {
            all[i].step = OPEN;
            advance(&all[i]);
        }
        run();
        printf(r ? ",%.3f" : "%.3f", now_ms() - wall);
    }
    printf("],\"warm_cpu_ms\":%.3f}\n", cpu_ms() - cpu);
    return 0;
}
