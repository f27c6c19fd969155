#pragma once
#include <stddef.h>

/// The Python program by which nodes find out whether they reach each other, without a terminating NUL.
const unsigned char *_Nonnull muster_reach_script(void);
/// The program's size in bytes.
size_t muster_reach_script_size(void);
