/* SPDX-License-Identifier: Apache-2.0 */
#include "walk_parameters.h"

#include <stddef.h>

static const walk_parameter_entry TABLE[] = {
#define WALK_ENTRY(section, field, minimum, maximum, unit, description)                                               \
    {#section "." #field, minimum, maximum, unit, description},
    WALK_PARAMETERS(WALK_ENTRY)
#undef WALK_ENTRY
};

#define COUNT ((int)(sizeof TABLE / sizeof TABLE[0]))

_Static_assert(sizeof(walk_parameters) == COUNT * sizeof(double), "one double for each entry");

int walk_parameter_count(void)
{
    return COUNT;
}

const walk_parameter_entry *walk_parameter(int index)
{
    return index >= 0 && index < COUNT ? &TABLE[index] : NULL;
}

int walk_parameters_check(const walk_parameters *p)
{
    const double *value = (const double *)p;
    for (int i = 0; i < COUNT; i++)
        if (!(value[i] >= TABLE[i].minimum && value[i] <= TABLE[i].maximum))
            return i;
    return -1;
}
