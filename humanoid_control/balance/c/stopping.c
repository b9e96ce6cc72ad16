/* SPDX-License-Identifier: Apache-2.0 */
#include "stopping.h"

#include <math.h>

#include "spatial.h"

static const double ACCELERATION = 0.4; /* of the ceiling [m/s^2] */
static const double ARRIVED = 1e-4;     /* [m] */

void stopping_init(stopping *s)
{
    *s = (stopping){.category = STOP_NONE};
}

/* Speed towards `goal` that can still be braked: sqrt(2 a d). */
static double speed_to(const stopping *s, double goal, double most)
{
    double left = goal - s->height;
    return fabs(left) < ARRIVED ? 0.0 : copysign(fmin(most, sqrt(2.0 * ACCELERATION * fabs(left))), left);
}

/* Move the ceiling by dt, its rate changing towards `wanted`; returns its acceleration. */
static double move(stopping *s, double wanted, double dt)
{
    double before = s->rate;
    s->rate = clamp(wanted, before - ACCELERATION * dt, before + ACCELERATION * dt);
    s->height += s->rate * dt;
    return dt > 0.0 ? (s->rate - before) / dt : 0.0;
}

void stopping_lower(stopping *s, const balance_parameters *p, reference_targets *targets, int may_sit, double dt)
{
    reference_point *com = &targets->com;
    if (!s->lowered && s->category == STOP_SIT && may_sit) {
        s->lowered = 1;
        s->height = com->position[2];
        s->rate = fmin(com->velocity[2], 0.0);
    }
    if (!s->lowered)
        return;
    double wanted = 0.0;
    if (s->category == STOP_SIT)
        wanted = fmin(0.0, speed_to(s, p->safety_sit_height, p->safety_sit_rate));
    else if (s->category == STOP_NONE) /* up again to where the references are */
        wanted = speed_to(s, com->position[2] + ARRIVED, p->safety_sit_rate);
    double acceleration = move(s, wanted, dt);
    if (s->height >= com->position[2]) {
        s->lowered = s->category != STOP_NONE;
        return;
    }
    com->position[2] = s->height;
    com->velocity[2] = s->rate;
    com->acceleration[2] = acceleration;
}
