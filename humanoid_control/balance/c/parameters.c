/* SPDX-License-Identifier: Apache-2.0 */
#include "parameters.h"

#include <stddef.h>

static const balance_parameter_entry TABLE[] = {
#define BALANCE_ENTRY(section, field, minimum, maximum, unit, description)                                            \
    {#section "." #field, minimum, maximum, unit, description},
    BALANCE_PARAMETERS(BALANCE_ENTRY)
#undef BALANCE_ENTRY
};

#define COUNT ((int)(sizeof TABLE / sizeof TABLE[0]))

_Static_assert(sizeof(balance_parameters) == COUNT * sizeof(double), "one double for each entry");

int balance_parameter_count(void)
{
    return COUNT;
}

const balance_parameter_entry *balance_parameter(int index)
{
    return index >= 0 && index < COUNT ? &TABLE[index] : NULL;
}
