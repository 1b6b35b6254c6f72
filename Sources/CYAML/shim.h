// libyaml's parser of events.
#ifndef CONFORM_CYAML_SHIM_H
#define CONFORM_CYAML_SHIM_H

#include <yaml.h>

#endif
