#include "node_script.h"

// Embedded by the preprocessor: a Swift array literal of this size costs seconds of type checking on every build.
static const unsigned char script[] = {
#embed "node.sh"
};

const unsigned char *muster_node_script(void) { return script; }
size_t muster_node_script_size(void) { return sizeof(script); }
