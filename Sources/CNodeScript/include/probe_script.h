#pragma once
#include <stddef.h>

/// The POSIX sh script that says what a node is, without a terminating NUL.
const unsigned char *_Nonnull muster_probe_script(void);
/// The script's size in bytes.
size_t muster_probe_script_size(void);
