#pragma once
#include <stddef.h>

/// The Python program by which the GPUs of nodes find out how fast they talk, without a terminating NUL.
const unsigned char *_Nonnull muster_bandwidth_script(void);
/// The program's size in bytes.
size_t muster_bandwidth_script_size(void);
