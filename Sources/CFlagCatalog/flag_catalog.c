#include "flag_catalog.h"

// Embedded by the preprocessor: a Swift array literal of this size costs seconds of type checking on every build.
static const unsigned char sglang[] = {
#embed "sglang.flags"
};

static const unsigned char vllm[] = {
#embed "vllm.flags"
};

const unsigned char *muster_sglang_flags(void) { return sglang; }
size_t muster_sglang_flags_size(void) { return sizeof(sglang); }

const unsigned char *muster_vllm_flags(void) { return vllm; }
size_t muster_vllm_flags_size(void) { return sizeof(vllm); }
