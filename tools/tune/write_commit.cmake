# SPDX-License-Identifier: Apache-2.0
# Writes OUT with the commit of the checkout SOURCE, or VERSION where it is none; leaves it alone where nothing changed.
execute_process(COMMAND git -C "${SOURCE}" rev-parse --short HEAD
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
    set(commit "${VERSION}")
endif()
file(CONFIGURE OUTPUT "${OUT}" CONTENT "// Written by CMake.\n#define TCONV_COMMIT \"${commit}\"\n")
