#include "probe_script.h"

static const unsigned char script[] = {
#embed "probe.sh"
};

const unsigned char *muster_probe_script(void) { return script; }
size_t muster_probe_script_size(void) { return sizeof(script); }
