#include "node_script.h"

// Embedded by the preprocessor: a Swift array literal of this size costs seconds of type checking on every build.
const unsigned char muster_node_script[] = {
#embed "node.sh"
};
const size_t muster_node_script_size = sizeof(muster_node_script);
