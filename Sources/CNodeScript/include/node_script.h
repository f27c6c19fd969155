#pragma once
#include <stddef.h>

/// The POSIX sh script that muster pushes to every node, without a terminating NUL.
extern const unsigned char muster_node_script[];
/// The script's size in bytes.
extern const size_t muster_node_script_size;
