#pragma once
#include <stddef.h>

/// The POSIX sh script that muster pushes to every node, without a terminating NUL.
const unsigned char *_Nonnull muster_node_script(void);
/// The script's size in bytes.
size_t muster_node_script_size(void);
