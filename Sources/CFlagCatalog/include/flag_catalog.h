#pragma once
#include <stddef.h>

/// The flags of every known release of SGLang, without a terminating NUL. `Deploy/flags` makes it.
const unsigned char *_Nonnull muster_sglang_flags(void);
/// Its size in bytes.
size_t muster_sglang_flags_size(void);

/// The flags of every known release of vLLM, without a terminating NUL.
const unsigned char *_Nonnull muster_vllm_flags(void);
/// Its size in bytes.
size_t muster_vllm_flags_size(void);
