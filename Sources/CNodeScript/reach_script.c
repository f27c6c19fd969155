#include "reach_script.h"

static const unsigned char script[] = {
#embed "reach.py"
};

const unsigned char *muster_reach_script(void) { return script; }
size_t muster_reach_script_size(void) { return sizeof(script); }
