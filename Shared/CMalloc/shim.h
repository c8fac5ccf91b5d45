#ifndef PURSER_CMALLOC_SHIM_H
#define PURSER_CMALLOC_SHIM_H

// Which of glibc's headers Swift's Glibc module leaves out.
#include <malloc.h>

#endif
