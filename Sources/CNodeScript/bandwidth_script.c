#include "bandwidth_script.h"

static const unsigned char script[] = {
#embed "bandwidth.py"
};

const unsigned char *muster_bandwidth_script(void) { return script; }
size_t muster_bandwidth_script_size(void) { return sizeof(script); }
