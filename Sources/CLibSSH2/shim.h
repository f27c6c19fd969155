#pragma once
#include <libssh2.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

/* `prctl` is variadic, which Swift does not import. At most 15 bytes of the name are kept. */
static inline void clibssh2_name_this_thread(const char *name) {
    prctl(PR_SET_NAME, (unsigned long)name, 0, 0, 0);
}
